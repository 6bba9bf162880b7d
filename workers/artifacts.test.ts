import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { invariant } from '../contract/invariant.ts'
import type { FileRef, Outcome } from '../contract/outcome.ts'
import type { TaskOrder } from '../contract/workerMessages.ts'
import { injected } from '../tests/harness/faults.ts'
import { TaskContext } from './context.ts'
import { type JobSession, openSession, perform } from './perform.ts'
import { fixtureRun } from './testing/fixtureRun.ts'
import { JobFixture } from './testing/jobFixture.ts'

let fixture: JobFixture
let session: JobSession
let target: string
let final: string

beforeEach(async () => {
  fixture = new JobFixture()
  session = await openSession(fixture.job, () => Promise.resolve(fixtureRun))
  target = fixture.at('out/deep/.table.csv.part')
  final = fixture.at('out/deep/table.csv')
})

afterEach(() => fixture.remove())

function scratchFile(content: string | Buffer, rows: number): FileRef {
  const writer = new TaskContext({ job: fixture.job, params: null, seq: rows, attempt: 1 }).scratch('part')
  writer.write(content)
  return writer.finish(rows)
}

function write(copies: TaskOrder['copies']): Promise<Outcome> {
  const order = { seq: 0, attempt: 1, from: 0, to: 1, target, copies }
  return perform({ session, work: { type: 'write' }, order })
}

/** As the parts were that were to be copied. */
function publish(content: string, force = false): Promise<Outcome> {
  const bytes = Buffer.byteLength(content)
  const order = { seq: 1, attempt: 1, from: 0, to: 1, target, final, bytes, crc32: crc32(content), rows: 7 }
  return perform({ session, work: { type: 'publish', name: 'table.csv', mediaType: 'text/csv', force }, order })
}

function prepare(content: string): void {
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, content)
}

test('parts are written to their places by several tasks, in any order, more than once', async () => {
  const large = Buffer.alloc(2_500_000, 'abcdefg')
  const [head, body, tail] = [scratchFile('head\n', 1), scratchFile(large, 2), scratchFile('tail\n', 3)]
  const copies = [
    { from: body, offset: 5 },
    { from: tail, offset: 5 + large.length },
  ]
  expect(await write(copies)).toMatchObject({ type: 'succeeded', bytes: large.length + 5, rows: 5 })
  expect(await write([{ from: head, offset: 0 }])).toMatchObject({ type: 'succeeded', bytes: 5, rows: 1 })
  await write(copies)
  expect(readFileSync(target).equals(Buffer.concat([Buffer.from('head\n'), large, Buffer.from('tail\n')]))).toBe(true)
  expect(statSync(target).mode & 0o777).toBe(0o666 & ~process.umask())
})

test('a part that is damaged or missing is lost: whoever made it makes it again', async () => {
  const part = scratchFile('1234', 1)
  writeFileSync(`${fixture.job.scratch}/${part.file}`, '1235')
  expect(await write([{ from: part, offset: 0 }])).toMatchObject({ code: 'part-lost', message: /checksum is wrong/ })
  rmSync(`${fixture.job.scratch}/${part.file}`)
  expect(await write([{ from: part, offset: 0 }])).toMatchObject({ code: 'part-lost', message: /it is missing/ })
})

test('publishing gives the file its name and tells its checksum, and nothing else stays in the folder', async () => {
  prepare('a,b\n1,2\n')
  const outcome = await publish('a,b\n1,2\n')
  invariant(outcome.type === 'succeeded', JSON.stringify(outcome))
  const sha256 = createHash('sha256').update('a,b\n1,2\n').digest('hex')
  const artifact = { name: 'table.csv', path: final, bytes: 8, mediaType: 'text/csv', sha256, rows: 7 }
  expect(outcome.artifact).toEqual(artifact)
  expect(readdirSync(dirname(final))).toEqual(['table.csv'])
})

test('publishing again after a crash at any point ends the same', async () => {
  prepare('a,b\n1,2\n')
  const first = await publish('a,b\n1,2\n')
  const { artifact } = first as Extract<Outcome, { type: 'succeeded' }>
  expect(await publish('a,b\n1,2\n')).toMatchObject({ type: 'succeeded', artifact })
  linkSync(final, target)
  expect(await publish('a,b\n1,2\n')).toMatchObject({ type: 'succeeded', artifact })
  expect(readdirSync(dirname(final))).toEqual(['table.csv'])
})

test('an existing file is replaced only by force', async () => {
  prepare('new')
  writeFileSync(final, 'old')
  expect(await publish('new')).toMatchObject({ type: 'failed', code: 'output-exists', message: /it exists already/ })
  expect(readFileSync(final, 'utf8')).toBe('old')
  expect(await publish('new', true)).toMatchObject({ type: 'succeeded' })
  expect(readFileSync(final, 'utf8')).toBe('new')
  expect(existsSync(target)).toBe(false)
})

test('a folder under the final name is never replaced', async () => {
  prepare('new')
  mkdirSync(final)
  expect(await publish('new')).toMatchObject({ code: 'output-exists' })
  expect(await publish('new', true)).toMatchObject({ code: 'output-exists' })
})

test('a temporary file of another size is not published', async () => {
  prepare('short')
  expect(await publish('x'.repeat(100))).toMatchObject({
    type: 'failed',
    code: 'transient',
    message: /5 bytes instead of 100/,
  })
  expect(existsSync(final)).toBe(false)
})

test('an artifact of no bytes is published even if nobody wrote to it', async () => {
  expect(await publish('')).toMatchObject({ type: 'succeeded', artifact: { bytes: 0 } })
  expect(statSync(final).size).toBe(0)
})

test('a temporary file of the right size that a loss of power has emptied is not published: it goes, to be copied again', async () => {
  prepare('\0\0\0')
  injected('a loss of power empties an artifact that was being copied')
  expect(await publish('new')).toMatchObject({ type: 'failed', code: 'part-lost', lost: '.table.csv.part' })
  expect([existsSync(target), existsSync(final)]).toEqual([false, false])
})
