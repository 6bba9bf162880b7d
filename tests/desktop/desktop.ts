import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { endHost, root, terminal } from '../flows/home.ts'
import type { AppProcess } from './appProcess.ts'
import { type Chromium, closePages, test as base } from './chromium.ts'
import { startOnDouble } from './doubleProcess.ts'
import { startOnElectron } from './electronProcess.ts'
import { type Command, type Commands, obey } from './notes.ts'

/**
 * The built desktop app, started as a process of its own: on the double, or on the Electron that GRISTMILL_ELECTRON names. One home folder
 * per test; no process and no folder outlives it.
 */
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
  /** Does something to the app, or asks it, as notes.ts knows how to. */
  call<Name extends Command>(name: Name, ...args: Parameters<Commands[Name]>): Promise<ReturnType<Commands[Name]>>
  drop: AppProcess['drop']
  press: AppProcess['press']
  /** Resolves when the app's process has ended. */
  ended(): Promise<number | null>
}

export async function openDesktop(chromium: Chromium): Promise<Desktop & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gristmill-desktop-'))
  const home = join(folder, 'home')
  const electron = process.env['GRISTMILL_ELECTRON']
  const all: AppProcess[] = []
  const launch = async (files: readonly string[]) => {
    const given = { app: root, home, files }
    const started = electron === undefined ? startOnDouble(chromium, given) : await startOnElectron(electron, given)
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
      await callOn(started, 'answerBox', [1])
      return await started.exit
    },
    serve: () => serve(home),
    page: () => pageOf(running()),
    call: (name, ...args) => callOn(running(), name, args),
    drop: (...files) => running().drop(...files),
    press: (keys) => running().press(keys),
    ended: () => running().exit,
    async close() {
      for (const each of all) each.kill('SIGKILL')
      await Promise.all(all.map((each) => each.exit))
      await endHost(home)
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function callOn<Name extends Command>(
  app: AppProcess,
  name: Name,
  args: Parameters<Commands[Name]>,
): Promise<ReturnType<Commands[Name]>> {
  return (await app.evaluate(obey, { name, args })) as ReturnType<Commands[Name]>
}

/** A start takes processes, a store and a Chromium page; a machine with other work to do needs its time for them. */
const windowMs = 45_000

async function pageOf(app: AppProcess): Promise<Page> {
  const ended = app.exit.then((code) => Promise.reject(new Error(`the app ended with ${code}: ${app.complaints}`)))
  await Promise.race([expect.poll(() => app.page()?.url(), { timeout: windowMs }).toBeTruthy(), ended])
  const page = app.page()
  if (page === undefined) throw new Error('the window is gone')
  return page
}

async function serve(home: string): Promise<number> {
  const served = spawn(process.execPath, [terminal, 'serve', '--home', home], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(served.stdout, 'data')
  return served.pid ?? 0
}

export const test = base.extend<{ desktop: Desktop }>({
  desktop: async ({ chromiumOf }, use) => {
    const desktop = await openDesktop(chromiumOf)
    await use(desktop)
    await desktop.close()
    await closePages(chromiumOf)
  },
})

export { expect }
