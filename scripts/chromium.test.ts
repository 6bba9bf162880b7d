import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { findChromium } from './chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'gristmill-chromium-'))
const browser = join(folder, 'my-browser')
writeFileSync(browser, '')
chmodSync(browser, 0o755)
afterAll(() => rmSync(folder, { recursive: true }))

it('the browser that is asked for is taken', () => {
  expect(findChromium({ CHROMIUM: browser })).toBe(browser)
})

it('one that is asked for and is not there is not replaced by another', () => {
  expect(findChromium({ CHROMIUM: join(folder, 'none') })).toBeNull()
})

it('a browser on the PATH is found', () => {
  const google = join(folder, 'google-chrome')
  writeFileSync(google, '')
  chmodSync(google, 0o755)
  expect(findChromium({ PATH: folder })).toMatch(/chrom/)
})
