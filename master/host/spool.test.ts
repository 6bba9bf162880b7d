import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { displayName, openSpool } from './spool.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const plenty = { freeBytes: () => Promise.resolve(Number.MAX_SAFE_INTEGER) }

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part))
}

test('a file is received under a name that says nothing, and known by its token', async () => {
  const spool = openSpool({ folder, maxBytes: 100, ...plenty })
  const received = await spool.receive('../../etc/notes.txt', chunks('one ', 'two'))
  if (!received.ok) throw new Error(received.message)
  const file = spool.find(received.token)
  expect(file).toEqual({ path: join(folder, received.token), name: 'notes.txt', bytes: 7 })
  expect(readFileSync(file?.path ?? '', 'utf8')).toBe('one two')
  expect(statSync(file?.path ?? '').mode & 0o777).toBe(0o600)
  spool.hand(received.token)
  expect(spool.find(received.token)).toBeNull()
  expect(readdirSync(folder)).toEqual([received.token])
})

test('a file of exactly the cap is received, one byte more leaves nothing', async () => {
  const spool = openSpool({ folder, maxBytes: 6, ...plenty })
  expect(await spool.receive('a', chunks('abc', 'def'))).toMatchObject({ ok: true, bytes: 6 })
  expect(await spool.receive('b', chunks('abc', 'def', 'g'))).toMatchObject({
    ok: false,
    message: expect.stringContaining('larger than 6'),
  })
  expect(readdirSync(folder)).toHaveLength(1)
})

test('a body that breaks off leaves nothing', async () => {
  const spool = openSpool({ folder, maxBytes: 100, ...plenty })
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* chunks('abc')
    throw new Error('connection reset')
  }
  expect(await spool.receive('a', broken())).toEqual({ ok: false, message: 'cannot receive a: connection reset' })
  expect(readdirSync(folder)).toEqual([])
})

test('a disk that would run full receives nothing', async () => {
  const spool = openSpool({ folder, maxBytes: 100, freeBytes: () => Promise.resolve(1000) })
  expect(await spool.receive('a', chunks('abc'))).toMatchObject({
    ok: false,
    message: expect.stringContaining('almost full'),
  })
  expect(readdirSync(folder)).toEqual([])
})

test('free space is asked of the file system', async () => {
  const spool = openSpool({ folder, maxBytes: 100, reserveBytes: Number.MAX_SAFE_INTEGER })
  expect(await spool.receive('a', chunks('abc'))).toMatchObject({
    ok: false,
    message: expect.stringMatching(/\d+ bytes free/),
  })
})

test('the sweep takes what is older than a day and belongs to no unfinished job', async () => {
  const spool = openSpool({ folder, maxBytes: 100 })
  const now = Date.now()
  const add = (name: string, ageHours: number) => {
    writeFileSync(join(folder, name), '')
    utimesSync(join(folder, name), now / 1000, now / 1000 - ageHours * 3600)
    return join(folder, name)
  }
  const old = add('old', 25)
  const kept = add('kept', 25)
  add('young', 23)
  expect(await spool.sweep([kept], now)).toEqual([old])
  expect(readdirSync(folder).toSorted()).toEqual(['kept', 'young'])
})

test.each([
  ['C:\\data\\sales 2024.csv', 'sales 2024.csv'],
  ['a\u0000b\u001b[31m\n.txt', 'ab[31m.txt'],
  ['photo\u202Egpj.exe', 'photogpj.exe'],
  ['folder/', 'folder'],
  ['/', 'upload'],
  ['', 'upload'],
  ['é\ud800', 'é\ufffd'],
])('%j is shown as %j', (name, shown) => {
  expect(displayName(name)).toBe(shown)
})

test('a shown name is never a path, never empty, never longer than 255 characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
      const shown = displayName(name)
      expect(basename(shown)).toBe(shown)
      expect(shown).not.toContain('\\')
      expect(Array.from(shown).length).toBeGreaterThan(0)
      expect(Array.from(shown).length).toBeLessThanOrEqual(255)
    }),
    { numRuns: 30 },
  )
})
