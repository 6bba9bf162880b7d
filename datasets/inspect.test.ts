import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Inspection } from '../contract/dataset.ts'
import { inspectReplySchema } from '../contract/workerMessages.ts'
import { inspect } from './inspect.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gristmill-inspect-')))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function look(content: string | Uint8Array, name = 'data.txt'): Promise<Inspection> {
  const path = join(folder, name)
  writeFileSync(path, content)
  return await accepted(path)
}

async function accepted(path: string): Promise<Inspection> {
  const reply = inspectReplySchema.parse(await inspect(path))
  if (!reply.ok) throw new Error(reply.message)
  return reply.inspection
}

async function refused(path: string): Promise<string[]> {
  const reply = inspectReplySchema.parse(await inspect(path))
  if (reply.ok) throw new Error(`${path} was accepted`)
  expect(reply.message).not.toContain('\n')
  expect(reply.message.startsWith(`cannot read ${path}: `)).toBe(true)
  return [reply.code, reply.message.slice(`cannot read ${path}: `.length)]
}

test('a text is told with its encoding, its line endings and its first lines', async () => {
  const seen = await look('größe,größer\r\n1,2\r\n\r\n3,4')
  expect(seen).toMatchObject({ encoding: 'utf-8', lineEnding: 'crlf', estimatedLines: 4 })
  expect(seen.preview).toEqual(['größe,größer', '1,2', '', '3,4'])
  expect(seen.input).toMatchObject({ name: 'data.txt', bytes: 28, format: 'text', cellBytes: 65_536, spooled: false })
})

test('an empty file is a text without lines', async () => {
  expect(await look('')).toMatchObject({
    input: { format: 'text', bytes: 0 },
    encoding: 'utf-8',
    lineEnding: 'none',
    estimatedLines: 0,
    preview: [],
  })
})

describe('encodings', () => {
  test.each<[string, Uint8Array, Inspection['encoding'], string]>([
    ['a byte order mark', Buffer.from('\uFEFFabc\n'), 'utf-8-bom', 'text'],
    ['UTF-16, little end first', Buffer.from('\uFEFFabc\n', 'utf16le'), 'utf-16le', 'binary'],
    ['UTF-16, big end first', Buffer.from('\uFEFFabc\n', 'utf16le').swap16(), 'utf-16be', 'binary'],
    ['Latin-1', Buffer.from('Stra\xdfe nach K\xf6ln\n', 'latin1'), 'unknown', 'text'],
    ['colours of a terminal', Buffer.from('\x1b[31mred\x1b[0m\n'), 'utf-8', 'text'],
    ['a zero byte', Buffer.from('abc\0def\n'), 'utf-8', 'binary'],
    [
      'compressed data',
      Buffer.from(Array.from({ length: 4000 }, (_, at) => ((at * at * 31) % 251) + 1)),
      'unknown',
      'binary',
    ],
    ['control characters', Buffer.from('ab\x01\x02\x03\x04cd'), 'utf-8', 'binary'],
  ])('%s is seen', async (...[, content, encoding, format]) => {
    expect(await look(content)).toMatchObject({ encoding, input: { format } })
  })

  test('a character that a sample cuts is no sign of another encoding', async () => {
    for (const lead of ['', 'a', 'ab']) expect((await look(lead + '€'.repeat(100_000))).encoding).toBe('utf-8')
  })

  test('zero bytes far behind the head make a file binary', async () => {
    expect((await look(`${'text\n'.repeat(100_000)}\0\0`)).input.format).toBe('binary')
  })
})

test.each<[string, Inspection['lineEnding']]>([
  ['a\nb\n', 'lf'],
  ['a\rb\r', 'cr'],
  ['a\r\nb\n', 'mixed'],
  ['a', 'none'],
])('the line ending of %j is %s', async (content, expected) => {
  expect((await look(content)).lineEnding).toBe(expected)
})

test('the preview has at most 50 lines of at most 500 characters, and no line that the sample cuts', async () => {
  const lines = Array.from({ length: 70 }, (_, line) => `${line}${'😀'.repeat(2500)}`)
  const many = (await look(lines.join('\n'))).preview
  expect(many.every((line) => Array.from(line).length === 500 && line.isWellFormed())).toBe(true)
  expect(many.length).toBeLessThan(50)
  expect((await look('x\n'.repeat(80))).preview).toHaveLength(50)
  expect((await look('y'.repeat(100_000))).preview).toEqual(['y'.repeat(500)])
})

test('lines are estimated from the head', async () => {
  const { estimatedLines } = await look('0123456789abcde\n'.repeat(50_000))
  expect(estimatedLines).toBe(50_000)
})

test('the grid follows from the size, unless it is given', async () => {
  const path = join(folder, 'large')
  writeFileSync(path, 'text\n')
  truncateSync(path, 2 ** 43)
  const beganAt = performance.now()
  expect((await accepted(path)).input).toMatchObject({ bytes: 2 ** 43, cellBytes: 4 * 1024 * 1024, format: 'binary' })
  expect(performance.now() - beganAt).toBeLessThan(1000)
  expect(await inspect(path, { cellBytes: 512 })).toMatchObject({ inspection: { input: { cellBytes: 512 } } })
})

test('a symbolic link is followed, and the input keeps the name that it was given', async () => {
  const { input } = await look('x\n', 'real.txt')
  symlinkSync(input.path, join(folder, 'link.txt'))
  expect((await accepted(join(folder, 'link.txt'))).input).toEqual({ ...input, name: 'link.txt' })
})

test('the fingerprint tells another version of the file', async () => {
  const one = (await look('a'.repeat(200_000))).input.fingerprint
  expect((await accepted(join(folder, 'data.txt'))).input.fingerprint).toEqual(one)
  const two = (await look(`${'a'.repeat(199_999)}b`)).input.fingerprint
  expect(two).toMatchObject({ bytes: one.bytes, inode: one.inode })
  expect(two.headTail).not.toBe(one.headTail)
})

describe('what is no dataset is refused in one line', () => {
  test('a file that does not exist', async () => {
    expect(await refused(join(folder, 'none'))).toEqual(['input-missing', 'there is no such file; check the spelling'])
    await look('x', 'file')
    expect((await refused(join(folder, 'file', 'below')))[0]).toBe('input-missing')
  })

  test('a directory, a FIFO, a device, a socket', async () => {
    mkdirSync(join(folder, 'sub'))
    execFileSync('mkfifo', [join(folder, 'fifo')])
    const server = createServer().listen(join(folder, 'socket'))
    await once(server, 'listening')
    expect(await refused(join(folder, 'sub'))).toEqual(['input-not-a-file', 'it is a directory; name the files in it'])
    expect(await refused(join(folder, 'fifo'))).toEqual([
      'input-not-a-file',
      'it is a FIFO; give its content on stdin, as -',
    ])
    expect(await refused('/dev/null')).toEqual(['input-not-a-file', 'it is a device; give a file'])
    expect(await refused(join(folder, 'socket'))).toEqual(['input-not-a-file', 'it is a socket; give a file'])
    server.close()
  })

  test('a file that may not be read', async () => {
    await look('x', 'secret')
    chmodSync(join(folder, 'secret'), 0o000)
    chmodSync(folder, 0o755)
    const isRoot = process.getuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    const answer = await refused(join(folder, 'secret'))
    if (isRoot) process.seteuid?.(0)
    expect(answer).toEqual(['input-unreadable', 'permission denied; make it readable for you'])
  })

  test('links that lead in a circle', async () => {
    symlinkSync(join(folder, 'two'), join(folder, 'one'))
    symlinkSync(join(folder, 'one'), join(folder, 'two'))
    expect((await refused(join(folder, 'one')))[0]).toBe('input-unreadable')
  })
})
