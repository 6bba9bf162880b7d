import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, expect, type Page } from '@playwright/test'
import type { AppProcess, Launch } from './appProcess.ts'

/** The app on the double: a process of plain Node whose window is a page of a Chromium that the test looks at too. */
export interface Chromium {
  context: BrowserContext
  /** Pages whose process has gone; they stay on the list for a moment. */
  crashed: WeakSet<Page>
  /** Where others connect to it. */
  endpoint: string
  close(): Promise<void>
}

const start = join(import.meta.dirname, 'double/start.ts')
const origin = 'https://gristmill.app.invalid'

export async function openChromium(): Promise<Chromium> {
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

/** Windows that a killed app has left. */
export async function closeWindows({ context }: Chromium): Promise<void> {
  for (const page of context.pages().filter((each) => each.url().startsWith(origin))) await page.close()
}

export function startOnDouble({ context, crashed, endpoint }: Chromium, { app, home, files }: Launch): AppProcess {
  const child = spawn(process.execPath, [start, app, ...files], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, GRISTMILL_HOME: home, DOUBLE_CONTROL: '1', DOUBLE_BROWSER: endpoint },
  })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('utf8')
  })
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const call = async (name: string, ...args: unknown[]): Promise<never> => {
    const id = Math.random()
    const answered = Promise.withResolvers<unknown>()
    const hear = (message: { id: number; value?: unknown; error?: string }) => {
      if (message.id !== id) return
      child.off('message', hear)
      if (message.error === undefined) answered.resolve(message.value)
      else answered.reject(new Error(message.error))
    }
    child.on('message', hear)
    child.send({ id, name, args })
    const ended = exit.then((code) => Promise.reject(new Error(`the app ended with ${code}: ${complaints}`)))
    return (await Promise.race([answered.promise, ended])) as never
  }
  return {
    pid: child.pid ?? 0,
    exit,
    get complaints() {
      return complaints
    },
    page: () => context.pages().find((each) => each.url().startsWith(origin) && !crashed.has(each)),
    call,
    kill: (signal) => void child.kill(signal),
  }
}
