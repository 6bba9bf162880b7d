import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type BrowserContext, chromium, expect, type Page } from '@playwright/test'

/** A Chromium that the test looks at, and that the double of Electron connects to for its windows. */
export interface Chromium {
  context: BrowserContext
  /** Pages whose process has gone; they stay on the list for a moment. */
  crashed: WeakSet<Page>
  /** Where others connect to it. */
  endpoint: string
}

async function openChromium(): Promise<Chromium & { close(): Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'gristmill-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--remote-debugging-port=0'],
    viewport: { width: 1200, height: 820 },
    locale: 'en-GB',
  })
  const crashed = new WeakSet<Page>()
  context.on('page', (page) => page.on('crash', () => crashed.add(page)))
  const written = join(profile, 'DevToolsActivePort')
  await expect.poll(() => existsSync(written)).toBe(true)
  const [port] = readFileSync(written, 'utf8').split('\n')
  return {
    context,
    crashed,
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** What a test has left open; the first page is what keeps Chromium running. */
export async function closePages({ context }: Chromium): Promise<void> {
  const [, ...pages] = context.pages()
  for (const page of pages) await page.close()
  await context.clearCookies()
}

export const test = base.extend<object, { chromiumOf: Chromium }>({
  chromiumOf: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const browser = await openChromium()
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],
})
