import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openBrowser, openerOf } from './browser.ts'

const url = 'http://127.0.0.1:1/#a&b;c $(d)'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-browser-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test.each([
  ['linux', 'xdg-open', []],
  ['freebsd', 'xdg-open', []],
  ['darwin', 'open', []],
  ['win32', 'rundll32', ['url.dll,FileProtocolHandler']],
] as const)('on %s an address is opened by %s, as an argument of its own', (platform, command, before) => {
  expect(openerOf(platform, url)).toEqual({ command, args: [...before, url] })
})

test('a machine without a way to open a browser is told so', async () => {
  vi.stubEnv('PATH', folder)
  expect(await openBrowser(url, 'linux')).toBe(false)
})

test.skipIf(process.platform === 'win32')('no shell reads the address', async () => {
  const opened = join(folder, 'opened')
  mkdirSync(opened)
  const opener = `#!/bin/sh\nprintf %s "$1" > ${opened}/part && mv ${opened}/part ${opened}/address\n`
  writeFileSync(join(folder, 'xdg-open'), opener, { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  const watcher = watch(opened)
  const moved = new Promise<void>((resolve) => {
    watcher.on('change', (_event, name) => {
      if (name === 'address') resolve()
    })
  })
  expect(await openBrowser(url, 'linux')).toBe(true)
  await moved
  watcher.close()
  await once(watcher, 'close')
  expect(readFileSync(join(opened, 'address'), 'utf8')).toBe(url)
})
