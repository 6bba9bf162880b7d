import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { type Chromium, closeWindows, openChromium, startOnDouble } from '../desktop/doubleProcess.ts'
import { expect, openDesktop, writeLines } from '../desktop/desktop.ts'
import { startOnElectron } from '../desktop/electronProcess.ts'

/**
 * Where a flow takes place: in a browser that looks at `serve`, or in the window of the desktop app. A flow is written once and says nothing
 * of either; what differs is here.
 */
export interface Stage {
  readonly home: string
  /** The process that is the master, whose children are the workers. */
  readonly pid: number
  /** Starts the host, with its dashboard in view. */
  start(): Promise<Page>
  /** Ends the host in order. */
  stop(): Promise<void>
  /** The dashboard's page after its process has gone. */
  comeBack(): Promise<Page>
  /** Real files of the disk, dropped on the middle of the page as the system would. */
  drop(page: Page, ...files: string[]): Promise<void>
  file(name: string, text: string, repeat?: number): Promise<string>
  /** A command of the terminal host on the same home, which prints one JSON document. */
  ask(...words: string[]): unknown
}

const terminal = resolve(import.meta.dirname, '../../out/main/terminal.js')

async function openBrowserStage({ context }: Chromium): Promise<Stage & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gristmill-flow-'))
  const home = join(folder, 'home')
  let host: ChildProcess | null = null
  const running = () => {
    if (host === null) throw new Error('the host has not been started')
    return host
  }
  const end = async (signal: NodeJS.Signals) => {
    if (host === null || host.exitCode !== null || host.signalCode !== null) return
    const exit = once(host, 'exit')
    host.kill(signal)
    await exit
  }
  const show = async (address: string) => {
    const page = await context.newPage()
    await page.goto(address)
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
    return page
  }
  let address = ''
  return {
    home,
    get pid() {
      return running().pid ?? 0
    },
    async start() {
      const started = spawn(process.execPath, [terminal, 'serve', '--home', home], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      host = started
      const [line] = (await once(started.stdout, 'data')) as [Buffer]
      address = line.toString('utf8').trim()
      return await show(address)
    },
    stop: () => end('SIGTERM'),
    comeBack: () => show(new URL('/', address).href),
    drop: dropFiles,
    file: (name, text, repeat) => writeLines(join(folder, name), text, repeat),
    ask: (...words) =>
      JSON.parse(execFileSync(process.execPath, [terminal, ...words, '--home', home, '--json'], { encoding: 'utf8' })),
    async close() {
      await end('SIGKILL')
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function openDesktopStage(chromium: Chromium): Promise<Stage & { close(): Promise<void> }> {
  const electron = process.env['GRISTMILL_ELECTRON']
  const desktop = await openDesktop(async (launch) =>
    electron === undefined ? startOnDouble(chromium, launch) : await startOnElectron(electron, launch),
  )
  return {
    home: desktop.home,
    get pid() {
      return desktop.pid
    },
    start: () => desktop.start(),
    async stop() {
      await desktop.call('quit')
      expect(await desktop.ended()).toBe(0)
    },
    async comeBack() {
      const page = await desktop.page()
      await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
      return page
    },
    drop: (_page, ...files) => desktop.call('drop', ...files),
    file: (name, text, repeat) => desktop.file(name, text, repeat),
    ask: (...words) => desktop.ask(...words),
    async close() {
      await desktop.close()
      await closeWindows(chromium)
    },
  }
}

interface Options {
  /** Set by the configuration. */
  hostKind: 'browser' | 'desktop'
  stage: Stage
}

export const test = base.extend<Options>({
  hostKind: ['browser', { option: true }],
  stage: async ({ hostKind }, use) => {
    const chromium = await openChromium()
    const stage = await (hostKind === 'desktop' ? openDesktopStage(chromium) : openBrowserStage(chromium))
    await use(stage)
    await stage.close()
    await chromium.close()
  },
})

async function dropFiles(page: Page, ...files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data })
  await session.detach()
}

export { expect }
