import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, realpathSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, type Page, test as base } from '@playwright/test'
import type { JobState } from '../../contract/transitions.ts'
import { tryHost } from '../../master/host/client.ts'
import { homePaths } from '../../master/host/home.ts'
import type { AppProcess, LaunchApp } from './appProcess.ts'
import { type Chromium, closeWindows, openChromium, startOnDouble } from './doubleProcess.ts'
import { startOnElectron } from './electronProcess.ts'

/**
 * The built desktop app, started as a process of its own: on the double, or on the Electron that GRISTMILL_ELECTRON names. One home folder
 * per test; no process and no folder outlives it.
 */
const root = resolve(import.meta.dirname, '../..')
const terminal = join(root, 'out/main/terminal.js')

export interface Desktop {
  /** Of this test alone; gone with it. */
  readonly folder: string
  readonly home: string
  readonly pid: number
  /** Starts the app and waits for its window. */
  start(...files: string[]): Promise<Page>
  /** Starts it once more; resolves with its exit code. */
  startAgain(...files: string[]): Promise<number | null>
  /** Starts the app where the person answers that the other host shall stay; resolves with its exit code. */
  startRefused(): Promise<number | null>
  /** Starts `serve` on the same home, as in a terminal; resolves with its pid. */
  serve(): Promise<number>
  /** The window's page. */
  page(): Promise<Page>
  call: AppProcess['call']
  /** Resolves when the app's process has ended. */
  ended(): Promise<number | null>
  file(name: string, text: string, repeat?: number): Promise<string>
  /** A command of the terminal host on the same home, which prints one JSON document. */
  ask(...words: string[]): unknown
  /** Which process answers for the home now; null for none. */
  host(): Promise<{ pid: number; mode: string } | null>
}

export async function openDesktop(launchApp: LaunchApp): Promise<Desktop & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gristmill-desktop-'))
  const home = join(folder, 'home')
  const all: AppProcess[] = []
  const launch = async (files: readonly string[]) => {
    const started = await launchApp({ app: root, home, files })
    all.push(started)
    return started
  }
  let current: AppProcess | null = null
  const running = () => {
    if (current === null) throw new Error('the app has not been started')
    return current
  }
  return {
    folder,
    home,
    get pid() {
      return running().pid
    },
    async start(...files) {
      current = await launch(files)
      const page = await pageOf(current)
      await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
      return page
    },
    startAgain: async (...files) => await (await launch(files)).exit,
    async startRefused() {
      const started = await launch([])
      await started.call('answerBox', 1)
      return await started.exit
    },
    serve: () => serve(home),
    page: () => pageOf(running()),
    call: (name, ...args) => running().call(name, ...args),
    ended: () => running().exit,
    file: (name, text, repeat) => writeLines(join(folder, name), text, repeat),
    ask: (...words) =>
      JSON.parse(execFileSync(process.execPath, [terminal, ...words, '--home', home, '--json'], { encoding: 'utf8' })),
    host: () => hostOf(home),
    async close() {
      for (const each of all) each.kill('SIGKILL')
      await Promise.all(all.map((each) => each.exit))
      const left = await hostOf(home)
      if (left !== null) process.kill(left.pid, 'SIGKILL')
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Gives the path. */
export async function writeLines(path: string, text: string, repeat = 1): Promise<string> {
  await writeFile(path, '')
  for (let left = repeat; left > 0; left -= 1000) appendFileSync(path, text.repeat(Math.min(left, 1000)))
  return path
}

async function pageOf(app: AppProcess): Promise<Page> {
  const ended = app.exit.then((code) => Promise.reject(new Error(`the app ended with ${code}: ${app.complaints}`)))
  await Promise.race([expect.poll(() => app.page()?.url()).toBeTruthy(), ended])
  const page = app.page()
  if (page === undefined) throw new Error('the window is gone')
  return page
}

async function serve(home: string): Promise<number> {
  const served = spawn(process.execPath, [terminal, 'serve', '--home', home], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(served.stdout, 'data')
  return served.pid ?? 0
}

async function hostOf(home: string): Promise<{ pid: number; mode: string } | null> {
  if (!existsSync(home)) return null
  const reached = await tryHost(homePaths(realpathSync(home)).socket)
  if (reached?.ok !== true) return null
  reached.value.close()
  const { pid, mode } = reached.value.hello
  return { pid, mode }
}

export const test = base.extend<{ desktop: Desktop }, { chromiumOf: Chromium }>({
  chromiumOf: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const browser = await openChromium()
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],
  desktop: async ({ chromiumOf }, use) => {
    const electron = process.env['GRISTMILL_ELECTRON']
    const desktop = await openDesktop(async (launch) =>
      electron === undefined ? startOnDouble(chromiumOf, launch) : await startOnElectron(electron, launch),
    )
    await use(desktop)
    await desktop.close()
    await closeWindows(chromiumOf)
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
