import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fetchElectron } from './fetchElectron.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-fetch-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function installer(code: string): string {
  const path = join(folder, 'install.cjs')
  writeFileSync(path, code)
  return path
}

describe('fetching Electron', () => {
  test('runs the installer, and nothing it prints gets out', async () => {
    const path = installer(`require('fs').writeFileSync(__dirname + '/fetched', ''); console.log('chatter')`)
    expect(await fetchElectron(path)).toBeNull()
    expect(existsSync(join(folder, 'fetched'))).toBe(true)
  })

  test('a failure is its first error line, not its stack', async () => {
    const path = installer(`console.error(new TypeError('fetch failed').stack); process.exit(1)`)
    expect(await fetchElectron(path)).toBe('fetching Electron failed (TypeError: fetch failed)')
  })

  test('one without an error line gives its exit code', async () => {
    expect(await fetchElectron(installer('process.exit(3)'))).toBe('fetching Electron failed (exit code 3)')
  })

  test('one that hangs is ended at the limit', async () => {
    expect(await fetchElectron(installer('setInterval(() => {}, 1000)'), 300)).toContain('not done after')
  })
})
