import { closeSync, openSync, writeSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TaskFailure } from '../contract/run.ts'
import { failureOf } from './failure.ts'

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const systemError = (code: string) => Object.assign(new Error(`${code}: no luck`), { code })

test.each([
  ['ENOSPC', 'disk-full'],
  ['EFBIG', 'file-too-large'],
  ['EDQUOT', 'disk-full'],
  ['EMFILE', 'descriptors-short'],
  ['ENFILE', 'descriptors-short'],
  ['EIO', 'transient'],
  ['EAGAIN', 'transient'],
  ['EACCES', 'refused-input'],
  ['ENOENT', 'bug'],
])('%s means %s', (code, expected) => {
  expect(failureOf(systemError(code))).toMatchObject({ code: expected, message: `${code}: no luck` })
})

test('a full device is told as a full disk', () => {
  const fd = openSync('/dev/full', 'w')
  try {
    expect(failureOf(thrownBy(() => writeSync(fd, 'x')))).toMatchObject({ code: 'disk-full' })
  } finally {
    closeSync(fd)
  }
})

test('memory that cannot be had is told as such', () => {
  expect(failureOf(thrownBy(() => new ArrayBuffer(2 ** 52)))).toMatchObject({ code: 'out-of-memory' })
})

test.each([
  'WebAssembly.Memory(): could not allocate memory',
  'WebAssembly.Memory.grow(): Maximum memory size exceeded',
  'WebAssembly.Memory.grow(): Unable to grow instance memory',
])("V8's words for a lack of memory are known: %s", (words) => {
  expect(failureOf(new RangeError(words))).toMatchObject({ code: 'out-of-memory' })
})

test("a stage's own failure keeps its code, and anything else is a bug with its stack", () => {
  expect(failureOf(new TaskFailure('output-exists', 'x'))).toEqual({ code: 'output-exists', message: 'x' })
  expect(failureOf(new RangeError('Invalid array length'))).toMatchObject({ code: 'bug', stack: /failure\.test/ })
  expect(failureOf('words')).toEqual({ code: 'bug', message: 'words' })
  expect(failureOf(new Error('y'.repeat(9000))).message).toHaveLength(2000)
})
