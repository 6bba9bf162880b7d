import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { invariant } from '../contract/invariant.ts'
import { type FileRef, folderMediaType, type Outcome } from '../contract/outcome.ts'
import type { TaskOrder } from '../contract/workerMessages.ts'
import { PackWriter } from '../datasets/write/pack.ts'
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

describe('a folder', () => {
  const work = { type: 'publish', name: 'table', mediaType: folderMediaType } as const
  const lines = (files: Record<string, string>) =>
    Object.entries(files)
      .toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
      .map(([path, text]) => `${createHash('sha256').update(text).digest('hex')}  ${path}\n`)
      .join('')

  function pack(files: Record<string, string>, rows: number): FileRef {
    const context = new TaskContext({ job: fixture.job, params: null, seq: 100 + rows, attempt: 1 })
    const writer = new PackWriter(context.scratch('pack'))
    for (const [path, text] of Object.entries(files)) {
      writer.begin(path)
      writer.write(Buffer.from(text))
      writer.end(1)
    }
    return writer.finish()
  }

  function unpack(packs: readonly FileRef[]): Promise<Outcome> {
    const copies = packs.map((from) => ({ from, offset: 0 }))
    return perform({
      session,
      work: { type: 'write', folder: true },
      order: { seq: 0, attempt: 1, from: 0, to: 1, target, copies },
    })
  }

  function publishFolder(packs: readonly FileRef[], force = false): Promise<Outcome> {
    const copies = packs.map((from) => ({ from, offset: 0 }))
    const order = { seq: 1, attempt: 1, from: 1, to: 2, target, final, bytes: 0, crc32: 0, rows: 5, copies }
    return perform({ session, work: { ...work, force }, order })
  }

  const [some, more] = [
    { 'b=2/part': 'two', 'b=1/part': 'one' },
    { 'a/deep/part': '', 'b=10/part': 'ten' },
  ]

  test('has the files of all packs, told by one checksum, and gets its name by one rename', async () => {
    const packs = [pack(some, 1), pack(more, 2)]
    expect(await unpack(packs.slice(1))).toMatchObject({ type: 'succeeded', bytes: 3, rows: 2 })
    expect(await unpack(packs)).toMatchObject({ type: 'succeeded', bytes: 9 })
    expect(existsSync(final)).toBe(false)
    const sha256 = createHash('sha256')
      .update(lines({ ...some, ...more }))
      .digest('hex')
    const artifact = { name: 'table', path: final, bytes: 9, mediaType: folderMediaType, sha256, rows: 5 }
    expect(await publishFolder(packs)).toMatchObject({ type: 'succeeded', artifact })
    // Again after a crash.
    expect(await publishFolder(packs)).toMatchObject({ type: 'succeeded', artifact })
    const files = readdirSync(final, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files).toHaveLength(4)
    expect(readFileSync(join(final, 'b=10/part'), 'utf8')).toBe('ten')
    expect(readdirSync(dirname(final))).toEqual(['table.csv'])
  })

  test('replaces a folder by force only, and a file never', async () => {
    const packs = [pack(some, 1)]
    mkdirSync(join(final, 'old'), { recursive: true })
    await unpack(packs)
    expect(await publishFolder(packs)).toMatchObject({ code: 'output-exists', message: /it exists already/ })
    expect(existsSync(join(final, 'old'))).toBe(true)
    expect(await publishFolder(packs, true)).toMatchObject({ type: 'succeeded' })
    expect(readdirSync(final).toSorted()).toEqual(['b=1', 'b=2'])
    expect(readdirSync(dirname(final))).toEqual(['table.csv'])
    rmSync(final, { recursive: true })
    writeFileSync(final, 'a file')
    await unpack(packs)
    expect(await publishFolder(packs, true)).toMatchObject({ code: 'output-exists' })
    expect(readFileSync(final, 'utf8')).toBe('a file')
  })

  test.each([
    ['is gone', (path: string) => rmSync(path)],
    ['has other bytes', (path: string) => writeFileSync(path, 'owt')],
    ['has become shorter', (path: string) => writeFileSync(path, '')],
  ])('of which a file %s is not published: all of it is copied again', async (_title, damage) => {
    const packs = [pack(some, 1)]
    await unpack(packs)
    damage(join(target, 'b=2/part'))
    expect(await publishFolder(packs)).toMatchObject({ code: 'part-lost', lost: '.table.csv.part' })
    expect([existsSync(target), existsSync(final)]).toEqual([false, false])
  })

  test('is not made of a damaged pack: whoever made it makes it again', async () => {
    const ref = pack(some, 1)
    const path = join(fixture.job.scratch, ref.file)
    const bytes = readFileSync(path)
    writeFileSync(path, Buffer.concat([Buffer.from('X'), bytes.subarray(1)]))
    expect(await unpack([ref])).toMatchObject({ code: 'part-lost', message: /the checksum of b=2\/part is wrong/ })
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 8), Buffer.from('X'), bytes.subarray(9)]))
    expect(await unpack([ref])).toMatchObject({ code: 'part-lost', message: /its list of files is damaged/ })
  })
})
