import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SettingsFile } from './settings.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gristmill-settings-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const lines: string[] = []
const settingsOf = (folder: string) => new SettingsFile(folder, (line) => lines.push(line))

const window = { x: 1, y: 2, width: 800, height: 600, maximized: false }

test('what was changed is there again after a restart, and no other file is left', () => {
  settingsOf(home).change({ window })
  settingsOf(home).change({ keepAwake: true })
  expect(settingsOf(home).now).toEqual({ window, keepAwake: true })
  expect(readdirSync(home)).toEqual(['desktop.json'])
})

test.each([
  '',
  '{',
  '[]',
  '{"keepAwake":"yes","window":null}',
  '{"keepAwake":true,"window":{"x":1}}',
  '{"window":null,"keepAwake":true,"more":1}',
])('a file that says %j counts as none', (text) => {
  writeFileSync(join(home, 'desktop.json'), text)
  expect(settingsOf(home).now).toEqual({ window: null, keepAwake: false })
})

test('what cannot be written holds all the same, and the log says so', () => {
  const settings = settingsOf(join(home, 'gone'))
  settings.change({ keepAwake: true })
  expect(settings.now.keepAwake).toBe(true)
  expect(lines).toEqual([expect.stringMatching(/^the app's settings could not be kept: ENOENT/)])
})
