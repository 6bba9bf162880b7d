import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openForWriting } from '../database.ts'
import { openReader } from '../openReader.ts'
import { commit, runningJob } from '../testLedger.ts'
import type { Integrity } from '../store.ts'

const whole = { largestBytes: 1024 ** 3, withinMs: 1000 }
const inParts = { largestBytes: 0, withinMs: 60_000 }

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'integrity-'))
  file = join(folder, 'ledger.db')
  const db = openForWriting(file)
  commit(db, runningJob(1, 5000))
  db.close()
})
afterEach(() => rmSync(folder, { recursive: true }))

async function check(bounds: { largestBytes: number; withinMs: number }): Promise<Integrity> {
  const reader = openReader(file)
  try {
    return await reader.integrity(bounds)
  } finally {
    reader.close()
  }
}

/** A page in the middle of the tasks, of which nothing makes sense any more. */
function damage(): void {
  const bytes = readFileSync(file)
  const page = 4096 * Math.floor((bytes.length * 0.6) / 4096)
  bytes.fill(0xaa, page, page + 4096)
  writeFileSync(file, bytes)
}

test('a sound ledger has no problems, looked at whole or table by table', async () => {
  const { length } = readFileSync(file)
  expect(await check(whole)).toEqual({ bytes: length, problems: [], unchecked: [] })
  expect(await check(inParts)).toEqual({ bytes: length, problems: [], unchecked: [] })
})

test('damage that no question of a list of jobs would meet is found', async () => {
  damage()
  const reader = openReader(file)
  expect((await reader.jobs({ limit: 1, offset: 0 })).total).toBe(1)
  reader.close()
  for (const bounds of [whole, inParts]) {
    const { problems } = await check(bounds)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.length).toBeLessThanOrEqual(10)
  }
})

test('a ledger too large to be looked at whole is looked at while there is time, and the rest is named', async () => {
  const { unchecked, problems } = await check({ largestBytes: 0, withinMs: 0 })
  expect(problems).toEqual([])
  expect(unchecked).toContain('tasks')
  expect(
    unchecked.some((table) => table.startsWith('search_')),
    'the tables of the search index too',
  ).toBe(true)
})
