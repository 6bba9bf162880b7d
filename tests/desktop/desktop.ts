import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, realpathSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type BrowserContext, chromium, expect, type Page, test as base } from '@playwright/test'
import type { JobState } from '../../contract/transitions.ts'
import { tryHost } from '../../master/host/client.ts'
import { homePaths } from '../../master/host/home.ts'
import type { Commands } from './double/control.ts'

/**
 * The built desktop app, started as a process of its own on the double of Electron, in a real Chromium that the test looks at too. One
 * home folder per test; no process and no folder outlives it.
 */
const root = resolve(import.meta.dirname, '../..')
const launcher = join(import.meta.dirname, 'double/start.ts')
const origin = 'https://gristmill.app.invalid'

type Command = keyof Commands
type Answer<Name extends Command> = Awaited<ReturnType<Commands[Name]>>

export interface Desktop {
  /** Of this test alone; gone with it. */
  readonly folder: string
  readonly home: string
  readonly pid: number
  /** What the app's process has written to stderr. */
  readonly complaints: string
  /** Starts the app and waits for its window. */
  start(...files: string[]): Promise<Page>
  /** Starts it once more; resolves with its exit code. */
  startAgain(...files: string[]): Promise<number | null>
  /** Starts `serve` on the same home, as in a terminal; resolves with its pid. */
  serve(): Promise<number>
  /** Starts the app where the person answers that the other host shall stay. */
  startRefused(): Promise<void>
  /** The window's page. */
  page(): Promise<Page>
  call<Name extends Command>(name: Name, ...args: Parameters<Commands[Name]>): Promise<Answer<Name>>
  /** Resolves when the app's process has ended. */
  ended(): Promise<number | null>
  /** Quits it when it still runs. */
  stop(): Promise<void>
  file(name: string, text: string, repeat?: number): Promise<string>
  /** A command of the terminal host on the same home, which prints one JSON document. */
  ask(...words: string[]): unknown
  /** Which process answers for the home now; null for none. */
  host(): Promise<{ pid: number; mode: string } | null>
}

interface Running {
  process: ChildProcess
  exit: Promise<number | null>
  complaints: string
}

function startProcess(app: string, home: string, args: { files: string[]; browser: string }): Running {
  const child = spawn(process.execPath, [launcher, app, ...args.files], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, GRISTMILL_HOME: home, DOUBLE_CONTROL: '1', DOUBLE_BROWSER: args.browser },
  })
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const running = { process: child, exit, complaints: '' }
  child.stderr?.on('data', (chunk: Buffer) => {
    running.complaints += chunk.toString('utf8')
  })
  return running
}

async function callOn(running: Running, name: string, args: unknown[]): Promise<unknown> {
  const id = Math.random()
  const answered = Promise.withResolvers<unknown>()
  const hear = (message: { id: number; value?: unknown; error?: string }) => {
    if (message.id !== id) return
    running.process.off('message', hear)
    if (message.error === undefined) answered.resolve(message.value)
    else answered.reject(new Error(message.error))
  }
  running.process.on('message', hear)
  running.process.send({ id, name, args })
  return await Promise.race([
    answered.promise,
    running.exit.then((code) => Promise.reject(new Error(`the app ended with ${code}: ${running.complaints}`))),
  ])
}

export async function openDesktop(browser: Browser): Promise<Desktop & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gristmill-desktop-'))
  const home = join(folder, 'home')
  const all: Running[] = []
  const launch = (files: string[]) => {
    const started = startProcess(root, home, { files, browser: browser.endpoint })
    all.push(started)
    return started
  }
  let current: Running | null = null
  const running = () => {
    if (current === null) throw new Error('the app has not been started')
    return current
  }
  const page = async () => {
    const shown = () =>
      browser.context.pages().find((each) => each.url().startsWith(origin) && !browser.crashed.has(each))
    const gone = running().exit.then((code) =>
      Promise.reject(new Error(`the app ended with ${code}: ${running().complaints}`)),
    )
    await Promise.race([expect.poll(() => shown()?.url()).toBeTruthy(), gone])
    const found = shown()
    if (found === undefined) throw new Error('the window is gone')
    return found
  }
  return {
    folder,
    home,
    get pid() {
      return running().process.pid ?? 0
    },
    get complaints() {
      return all.map((each) => each.complaints).join('')
    },
    async start(...files) {
      current = launch(files)
      const shown = await page()
      await expect(shown.getByRole('navigation', { name: 'Main' })).toBeVisible()
      return shown
    },
    async serve() {
      const terminal = join(root, 'out/main/terminal.js')
      const served = spawn(process.execPath, [terminal, 'serve', '--home', home], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(served.stdout, 'data')
      return served.pid ?? 0
    },
    async startRefused() {
      current = launch([])
      await callOn(current, 'answerBox', [1])
      expect(await current.exit).toBe(1)
    },
    startAgain: (...files) => launch(files).exit,
    page,
    call: async (name, ...args) => (await callOn(running(), name, args)) as never,
    ended: () => running().exit,
    async stop() {
      if (running().process.exitCode === null) running().process.kill('SIGTERM')
      await running().exit
    },
    async file(name, text, repeat = 1) {
      const path = join(folder, name)
      await writeFile(path, '')
      for (let left = repeat; left > 0; left -= 1000) appendFileSync(path, text.repeat(Math.min(left, 1000)))
      return path
    },
    ask: (...words) => askTerminal(home, words),
    host: () => hostOf(home),
    async close() {
      for (const each of all) if (each.process.exitCode === null) each.process.kill('SIGKILL')
      await Promise.all(all.map((each) => each.exit))
      const left = await hostOf(home)
      if (left !== null) process.kill(left.pid, 'SIGKILL')
      for (const open of browser.context.pages().filter((each) => each.url().startsWith(origin))) await open.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function askTerminal(home: string, words: string[]): unknown {
  const terminal = join(root, 'out/main/terminal.js')
  return JSON.parse(
    execFileSync(process.execPath, [terminal, ...words, '--home', home, '--json'], { encoding: 'utf8' }),
  )
}

async function hostOf(home: string): Promise<{ pid: number; mode: string } | null> {
  if (!existsSync(home)) return null
  const reached = await tryHost(homePaths(realpathSync(home)).socket)
  if (reached?.ok !== true) return null
  reached.value.close()
  const { pid, mode } = reached.value.hello
  return { pid, mode }
}

interface Browser {
  /** Pages whose process has gone; they stay on the list for a moment. */
  crashed: WeakSet<Page>
  context: BrowserContext
  endpoint: string
}

async function openBrowser(): Promise<Browser & { close(): Promise<void> }> {
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

export const test = base.extend<{ desktop: Desktop }, { chromiumOf: Browser }>({
  chromiumOf: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const browser = await openBrowser()
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],
  desktop: async ({ chromiumOf }, use) => {
    const desktop = await openDesktop(chromiumOf)
    await use(desktop)
    await desktop.close()
  },
})

/** A job that takes as long as it is told to. */
export async function startNoOp(page: Page, { tasks, ms }: { tasks: number; ms: number }): Promise<void> {
  await page.getByRole('link', { name: 'Diagnostics' }).click()
  await page.getByRole('link', { name: 'Set up and run' }).click()
  await page.getByRole('textbox', { name: 'Tasks' }).fill(String(tasks))
  await page.getByRole('textbox', { name: 'Milliseconds' }).fill(String(ms))
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'running')).toBeVisible()
}

/** What `show JOB --json` prints, as far as these tests look at it. */
export interface Shown {
  job: {
    id: string
    state: JobState
    inputs: { path: string; spooled: boolean }[]
    tasks: { total: number; succeeded: number }
    attempts: number
  }
  artifacts: { name: string; path: string }[]
}

export const stateOf = (page: Page, state: JobState) => page.locator(`[data-state=${state}]`).first()
export { expect }
