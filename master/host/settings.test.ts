import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSettings, writeSettings } from './settings.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-settings-'))
  path = join(folder, 'settings.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const everything = { keepDays: null, keepBytes: null }

test('a home without settings keeps everything', async () => {
  expect(await readSettings(path)).toEqual({ keeping: everything, trouble: null })
})

test('what is written is read again, and nothing else is left beside it', async () => {
  await writeSettings(path, { keepDays: 30, keepBytes: 1024 })
  expect(await readSettings(path)).toEqual({ keeping: { keepDays: 30, keepBytes: 1024 }, trouble: null })
  expect(readdirSync(folder)).toEqual(['settings.json'])
})

test('part of the settings is enough', async () => {
  writeFileSync(path, '{"keepDays": 7}')
  expect(await readSettings(path)).toEqual({ keeping: { keepDays: 7, keepBytes: null }, trouble: null })
})

test('settings that cannot be understood keep everything, and say so', async () => {
  for (const text of [
    '',
    '{',
    '[]',
    '{"keepDays": 0}',
    '{"keepDays": "7"}',
    '{"keepBites": 1}',
    '{"__proto__": {"keepDays": 1}}',
  ]) {
    writeFileSync(path, text)
    const { keeping, trouble } = await readSettings(path)
    expect(keeping, text).toEqual(everything)
    expect(trouble, text).toContain('everything is kept')
    expect(readFileSync(path, 'utf8')).toBe(text)
  }
})

test('settings that no home can have are not written', async () => {
  await expect(writeSettings(path, { keepDays: -1, keepBytes: null })).rejects.toThrow(/keepDays/)
  expect(readdirSync(folder)).toEqual([])
})
