import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Reject } from '../../contract/job.ts'
import { injected } from '../../tests/harness/faults.ts'
import { Concluder } from './concluder.ts'

let out: string
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'gristmill-concluder-'))
})
afterEach(() => rmSync(out, { recursive: true }))

const reject: Reject = { source: '/a', row: 1, offset: 0, reason: 'odd', raw: 'x' }
const runOf = (number: number, rejects = 1) => ({
  number,
  inputs: [],
  job: { id: `job-${number}`, force: false, outDir: null },
  rejects: { count: rejects },
  plan: { kind: { changesInputs: false } },
})

/** A ledger that answers for a job only once that is let go. */
function slowLedger() {
  const gates = new Map<number, PromiseWithResolvers<void>>()
  const gate = (job: number) => {
    const known = gates.get(job) ?? Promise.withResolvers<void>()
    gates.set(job, known)
    return known
  }
  return {
    gate,
    read: {
      async rejects(job: number) {
        await gate(job).promise
        return { rejects: [reject], total: 1 }
      },
    },
  }
}

function concluderOver(read: ReturnType<typeof slowLedger>['read']): Concluder {
  const scratch = { valueOf: (_job: object, answer: { value?: unknown }) => Promise.resolve(answer.value as number) }
  return new Concluder({ read, scratch, out, insistence: { until: (act) => act() } })
}

test('a job whose files take long keeps no other one waiting', async () => {
  const { read, gate } = slowLedger()
  const concluder = concluderOver(read)
  const slow = concluder.conclude(runOf(1), { value: 1 })
  injected('the disk that takes the last files of a job hangs')
  gate(2).resolve()
  expect(await concluder.conclude(runOf(2), { value: 2 })).toMatchObject({ type: 'done', result: 2 })
  expect(await concluder.conclude(runOf(3, 0), { value: 3 })).toEqual({ type: 'done', result: 3, rejects: null })
  gate(1).resolve()
  expect(await slow).toMatchObject({ type: 'done', result: 1, rejects: { name: 'rejects.csv', rows: 1 } })
  expect(readFileSync(join(out, 'job-1', 'rejects.csv'), 'utf8')).toContain('odd')
})

test('a few are written at once, and each gets its turn', async () => {
  const { read, gate } = slowLedger()
  const concluder = concluderOver(read)
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1)
  const all = numbers.map((number) => concluder.conclude(runOf(number), { value: number }))
  await expect.poll(() => readdirSync(out).length).toBe(4)
  for (const number of numbers) gate(number).resolve()
  expect((await Promise.all(all)).map(({ type }) => type)).toEqual(numbers.map(() => 'done'))
})

test('whoever stops it waits until nothing is written any more, and what was not done is put off', async () => {
  const { read, gate } = slowLedger()
  const concluder = concluderOver(read)
  const cut = concluder.conclude(runOf(1), { value: 1 })
  await expect.poll(() => readdirSync(out).length).toBe(1)
  let isOver = false
  const stopped = concluder.stop().then(() => (isOver = true))
  const late = concluder.conclude(runOf(2), { value: 2 })
  expect(await late).toEqual({ type: 'putOff' })
  expect(isOver).toBe(false)
  gate(1).resolve()
  expect(await cut).toEqual({ type: 'putOff' })
  await stopped
  expect(readdirSync(out)).toEqual(['job-1'])
  expect(readdirSync(join(out, 'job-1'))).not.toContain('rejects.csv')
})
