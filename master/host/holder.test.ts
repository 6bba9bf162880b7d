import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forgetHolder, isStill, noteHolder, readHolder } from './holder.ts'
import { takeLock } from './lock.ts'

let folder: string
let lock: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-holder-'))
  lock = join(folder, 'lock.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('who holds the lock is noted beside it for as long as it does', () => {
  const taken = takeLock(lock)
  expect(readHolder(lock)).toMatchObject({ pid: process.pid })
  expect(takeLock(lock)).toBeNull()
  expect(readHolder(lock)).toMatchObject({ pid: process.pid })
  taken?.release()
  expect(readHolder(lock)).toBeNull()
})

test('a lock that is released twice takes nothing from the next holder', () => {
  const first = takeLock(lock)
  first?.release()
  const second = takeLock(lock)
  first?.release()
  expect(readHolder(lock)).toMatchObject({ pid: process.pid })
  expect(takeLock(lock)).toBeNull()
  second?.release()
})

test('a process that started at another instant is not the one that was noted', () => {
  noteHolder(lock)
  const noted = readHolder(lock)
  // Only Linux tells when a process started.
  const known = process.platform === 'linux'
  expect(noted !== null && isStill(noted)).toBe(known || null)
  const start = noted?.start ?? 'then'
  expect(isStill({ pid: process.ppid, start })).toBe(false)
  expect(isStill({ pid: 2 ** 22 + 1, start })).toBe(false)
  expect(isStill({ pid: process.pid, start: null })).toBeNull()
  forgetHolder(lock)
})

test('a note that cannot be understood is none', () => {
  for (const text of ['', 'nonsense', '{"pid":"1"}', '{"pid":-1,"start":null}', 'null']) {
    writeFileSync(`${lock}.holder`, text)
    expect(readHolder(lock), text).toBeNull()
  }
})

test('where no note can be written, an older one does not stay to name another process', () => {
  writeFileSync(`${lock}.holder`, '{"pid":1,"start":"then"}')
  mkdirSync(`${lock}.holder.new`)
  noteHolder(lock)
  expect(readdirSync(folder)).toEqual([])
})
