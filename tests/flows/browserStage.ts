import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { openMill } from '../app/host.ts'
import type { Chromium } from '../desktop/chromium.ts'
import { dragFiles } from './acts.ts'
import { endHost, hostOf, terminal } from './home.ts'
import type { ClosableStage, Screen } from './stage.ts'

/** `serve`, and a page of a browser that looks at it. */
const addresses: Record<Screen, string> = {
  'New job': '#/new',
  Jobs: '#/',
  Workers: '#/workers',
  Storage: '#/storage',
  Diagnostics: '#/diagnostics',
}

export async function openBrowserStage({ context }: Chromium): Promise<ClosableStage> {
  const mill = await openMill()
  const home = join(mill.folder, 'home')
  const others: ChildProcess[] = []
  const run = (...words: string[]) => {
    const process_ = spawn(process.execPath, [terminal, ...words, '--home', home], { stdio: 'ignore' })
    others.push(process_)
    return process_
  }
  const show = async (address: string): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(address)
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
    return page
  }
  return {
    folder: mill.folder,
    home,
    mode: 'serve',
    get pid() {
      return mill.pid
    },
    start: async () => await show(await mill.start()),
    stop: () => mill.stop(),
    async leave() {
      run('serve', '--background')
      await mill.stop()
      await expect.poll(async () => (await hostOf(home))?.mode).toBe('background')
    },
    comeBack: () => show(new URL('/', mill.address).href),
    drop: (page, ...files) => dragFiles(page, files),
    async startAgain(file) {
      const [code] = (await once(run('run', 'word-count', file, '--detach'), 'exit')) as [number | null]
      return code
    },
    goTo: (page, screen) => page.goto(new URL(addresses[screen], mill.address).href).then(() => undefined),
    async close() {
      for (const other of others) other.kill('SIGKILL')
      await mill.stop()
      await endHost(home)
      await mill.close()
    },
  }
}
