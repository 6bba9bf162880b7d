import { chmodSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { TaskFailure, TaskStopped } from '../contract/run.ts'
import { TaskContext } from './context.ts'
import { PlainCounters } from './counters.ts'
import { InputFiles } from './inputFiles.ts'
import { readValue } from './scratch.ts'
import { JobFixture } from './testing/jobFixture.ts'

const fixtures: JobFixture[] = []
afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function make(contents: string[] = []): { fixture: JobFixture; context: TaskContext; counters: PlainCounters } {
  const fixture = new JobFixture(contents)
  fixtures.push(fixture)
  const counters = new PlainCounters()
  return {
    fixture,
    counters,
    context: new TaskContext({ job: fixture.job, params: null, seq: 5, attempt: 2, counters }),
  }
}

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof TaskFailure) return error.code
    throw error
  }
  return 'nothing thrown'
}

test('a scratch file carries seq and attempt in its name and the checksum of its bytes', () => {
  const { context, fixture } = make()
  const writer = context.scratch('part.csv')
  const large = Buffer.alloc(300_000, 'z')
  writer.write('größe\n')
  writer.write(large)
  writer.write(new Uint8Array([1, 2]))
  const ref = writer.finish(3)
  const bytes = readFileSync(context.path(ref))
  expect(bytes.equals(Buffer.concat([Buffer.from('größe\n'), large, Buffer.from([1, 2])]))).toBe(true)
  expect(ref).toEqual({ file: '5.2.0.part.csv', bytes: bytes.length, crc32: crc32(bytes), rows: 3 })
  expect(context.scratch('part.csv').finish().file).toBe('5.2.1.part.csv')
  expect(readdirSync(fixture.job.scratch)).toHaveLength(2)
})

test('scratch files that were not finished are gone when the context closes', () => {
  const { context, fixture } = make()
  context.scratch('whole').finish()
  context.scratch('half').write('x')
  context.close()
  expect(readdirSync(fixture.job.scratch)).toEqual(['5.2.0.whole'])
})

test('a scratch file cannot be named out of its folder', () => {
  const { context } = make()
  expect(() => context.scratch('../x')).toThrow('cannot name a scratch file')
  expect(() => context.path({ file: '../x', bytes: 0, crc32: 0 })).toThrow('not the name of a scratch file')
})

test('a scratch file that is missing, shortened or damaged is lost: whoever made it makes it again', () => {
  const { context, fixture } = make()
  const writer = context.scratch('value')
  writer.write('[1]')
  const ref = writer.finish()
  expect(readValue(fixture.job.scratch, ref)).toEqual([1])
  writeFileSync(context.path(ref), '[2]')
  expect(codeOf(() => readValue(fixture.job.scratch, ref))).toBe('part-lost')
  writeFileSync(context.path(ref), '[')
  expect(codeOf(() => context.path(ref))).toBe('part-lost')
  rmSync(`${fixture.job.scratch}/${ref.file}`)
  expect(codeOf(() => context.path(ref))).toBe('part-lost')
})

test('progress is counted for both sides and stops a task that was told to', () => {
  const { context, counters } = make()
  context.progress(10, 2)
  context.progress(5, 1)
  expect([context.bytes, context.rows, counters.bytes, counters.rows]).toEqual([15, 3, 15, 3])
  counters.stopped = true
  expect(() => context.progress(1, 0)).toThrow(TaskStopped)
})

test('rejects know their piece; beyond 1,000 they are only counted, and their text is cut', () => {
  const { context } = make()
  const record = { input: 0, record: 4, offset: 9, reason: 'no number' }
  context.reject({ ...record, raw: 'x'.repeat(5000) })
  context.endPiece(30)
  context.endPiece(12)
  for (let more = 0; more < 1500; more += 1) context.reject({ ...record, raw: '' })
  expect(context.rejects).toHaveLength(1000)
  expect(context.rejectedCount).toBe(1501)
  expect(context.rejects[0]).toEqual({ ...record, piece: 0, raw: 'x'.repeat(4096) })
  expect(context.rejects[1]?.piece).toBe(2)
  expect(context.tailRows).toBe(12)
})

test('an input is opened once, and again checked by each attempt', () => {
  const { context, fixture } = make(['one\n', 'two\n'])
  expect(context.open(0)).toBe(context.open(0))
  expect(context.open(1)).not.toBe(context.open(0))
  const files = new InputFiles(fixture.job.inputs)
  const fd = files.descriptor(0, true)
  expect(files.descriptor(0, true)).toBe(fd)
  files.close()
  context.close()
})

test('an input that was replaced, changed or removed fails the attempt as changed', () => {
  const { fixture } = make(['one\n'])
  const files = new InputFiles(fixture.job.inputs)
  const path = fixture.at('input0.txt')
  files.descriptor(0, true)
  writeFileSync(fixture.at('other'), 'two\n')
  renameSync(fixture.at('other'), path)
  expect(codeOf(() => files.descriptor(0, true))).toBe('input-changed')
  rmSync(path)
  expect(codeOf(() => files.descriptor(0, true))).toBe('input-changed')
  expect(codeOf(() => new InputFiles(fixture.job.inputs).descriptor(0, true))).toBe('input-changed')
  files.close()
})

test('an input that is longer than it was fails the attempt when it is opened', () => {
  const { context, fixture } = make(['one\n'])
  writeFileSync(fixture.at('input0.txt'), 'one\ntwo\n')
  expect(codeOf(() => context.open(0))).toBe('input-changed')
})

test('an input that may no longer be read is refused', () => {
  const { context, fixture } = make(['one\n'])
  const folder = fixture.at('')
  chmodSync(fixture.at('input0.txt'), 0o000)
  chmodSync(folder, 0o755)
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    expect(codeOf(() => context.open(0))).toBe('refused-input')
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
})

test('many inputs never keep many descriptors open', () => {
  const { context } = make(Array.from({ length: 300 }, (_, index) => `${index}\n`))
  const before = readdirSync('/dev/fd').length
  for (let input = 0; input < 300; input += 1) context.open(input)
  expect(readdirSync('/dev/fd').length - before).toBeLessThanOrEqual(128)
  context.close()
  expect(readdirSync('/dev/fd')).toHaveLength(before)
})
