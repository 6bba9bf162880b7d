import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { displayName, openSpool } from './spool.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const diskWith = (freeBytes: number, sizeBytes = 1e12) => ({
  disk: (at: string) => Promise.resolve({ folder: at, freeBytes, sizeBytes }),
})
const plenty = diskWith(1e12)

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part))
}

test('a file is received under a name that says nothing, and known by its token', async () => {
  const spool = openSpool({ folder, maxBytes: 100, ...plenty })
  const received = await spool.receive('../../etc/notes.txt', chunks('one ', 'two'))
  if (!received.ok) throw new Error(received.message)
  const file = spool.find(received.token)
  expect(file).toMatchObject({ name: 'notes.txt', bytes: 7 })
  expect(dirname(file?.path ?? '')).toBe(folder)
  expect(file?.path).not.toContain('notes')
  expect(readFileSync(file?.path ?? '', 'utf8')).toBe('one two')
  expect(statSync(file?.path ?? '').mode & 0o777).toBe(0o600)
  spool.hand(received.token)
  expect(spool.find(received.token)).toBeNull()
  expect(readdirSync(folder)).toEqual([basename(file?.path ?? '')])
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

test('what the system refuses is told without the place where the spool lies', async () => {
  const spool = openSpool({ folder: join(folder, 'gone'), maxBytes: 100, ...plenty })
  expect(await spool.receive('a', chunks('abc'))).toEqual({ ok: false, message: 'cannot receive a: ENOENT' })
})

test('a disk that would run full receives nothing, and is told without the place where the spool lies', async () => {
  const spool = openSpool({ folder, maxBytes: 100, ...diskWith(256 * 1024 ** 2 + 2) })
  expect(await spool.receive('a', chunks('abc'))).toEqual({
    ok: false,
    message: 'cannot receive a: the disk that holds the home is almost full: 269 MB are free and 269 MB must stay so',
  })
  expect(readdirSync(folder)).toEqual([])
})

test('a disk is looked at again before what was free can be used up: what must stay free stays so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 400 }), fc.array(fc.nat({ max: 100 })), async (spare, sizes) => {
      const floor = 0.05 * 4000
      let taken = 0
      const disk = (at: string) => Promise.resolve({ folder: at, freeBytes: floor + spare - taken, sizeBytes: 4000 })
      async function* body() {
        for (const size of sizes) {
          yield await Promise.resolve(Buffer.alloc(size))
          taken += size
        }
      }
      const received = await openSpool({ folder, maxBytes: 1e6, disk }).receive('a', body())
      expect(taken).toBeLessThanOrEqual(spare)
      const all = sizes.reduce((sum, size) => sum + size, 0)
      expect(received.ok).toBe(all <= spare)
    }),
    { numRuns: 50 },
  )
})

test('the sweep takes at once what no job has and no living process writes', async () => {
  const spool = openSpool({ folder, maxBytes: 100, ...plenty })
  const ended = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
  await once(ended, 'exit')
  const add = (name: string) => {
    writeFileSync(join(folder, name), '')
    return join(folder, name)
  }
  const ofKilled = add(`${ended.pid}-0-killed`)
  const ofJob = add(`${ended.pid}-0-kept`)
  const unknown = add('of-unknown-origin')
  const received = await spool.receive('a', chunks('abc'))
  const underWay = spool.find(received.ok ? received.token : '')?.path ?? ''
  expect((await spool.sweep([ofJob])).toSorted()).toEqual([ofKilled, unknown].toSorted())
  expect(readdirSync(folder).toSorted()).toEqual([basename(ofJob), basename(underWay)].toSorted())
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
