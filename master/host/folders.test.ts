import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isWithin, makeFolder, whyUnwritable } from './folders.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-folders-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('makeFolder', () => {
  it('makes all that is missing, for the owner alone, and leaves what is there', () => {
    const deep = join(folder, 'a/b/c')
    for (const path of [deep, deep, join(folder, 'a/b/d')]) makeFolder(path, 0o700)
    expect(statSync(deep).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(folder, 'a/b')).toSorted()).toEqual(['c', 'd'])
  })

  it('fails where a file is in the way', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeFolder(join(folder, 'file'), 0o700)).toThrow('EEXIST')
    expect(() => makeFolder(join(folder, 'file/below'), 0o700)).toThrow(
      `EEXIST: file already exists, mkdir '${join(folder, 'file')}'`,
    )
  })

  it.runIf(process.platform === 'linux')('fails, and returns, where the file system takes no folders', () => {
    expect(() => makeFolder('/proc/nowhere/below', 0o700)).toThrow('ENOENT')
  })
})

describe('whyUnwritable', () => {
  it('finds nothing wrong with a folder to be made, and leaves nothing in the one above it', async () => {
    expect(await whyUnwritable(folder)).toBeNull()
    expect(await whyUnwritable(join(folder, 'a/b'))).toBeNull()
    expect(readdirSync(folder)).toEqual([])
  })

  it('says what is in the way', async () => {
    writeFileSync(join(folder, 'file'), '')
    expect(await whyUnwritable(join(folder, 'file'))).toContain('is not a folder')
    expect(await whyUnwritable(join(folder, 'file/below'))).toContain('ENOTDIR')
  })

  it.runIf(process.platform === 'linux')('does not take the modes of a file system for what it does', async () => {
    expect(await whyUnwritable('/proc/nowhere')).toContain('ENOENT')
  })
})

it.each([
  ['/data', '/data', true],
  ['/data', '/data/a/b', true],
  ['/data', '/data/..b', true],
  ['/data', '/other', false],
  ['/data', '/', false],
  ['/data', '/database', false],
  ['/', '/data', true],
])('within %s lies %s: %s', (folder, real, expected) => {
  expect(isWithin(folder, real)).toBe(expected)
})
