import { once } from 'node:events'
import { _electron } from '@playwright/test'
import { dragFiles } from '../flows/acts.ts'
import { type AppProcess, type Launch, shownBy } from './appProcess.ts'
import { type ElectronModule, noteSystem } from './notes.ts'

/** The app on a real Electron, by Playwright's own means. */
export async function startOnElectron(executablePath: string, { app, home, files }: Launch): Promise<AppProcess> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const electron = await _electron.launch({
    executablePath,
    args: [app, ...sandbox, ...files],
    env: { ...definedOf(process.env), GRISTMILL_HOME: home },
  })
  await electron.evaluate(noteSystem)
  const child = electron.process()
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('utf8')
  })
  const started: AppProcess = {
    pid: child.pid ?? 0,
    exit:
      child.exitCode === null
        ? once(child, 'exit').then(([code]) => code as number | null)
        : Promise.resolve(child.exitCode),
    get complaints() {
      return complaints
    },
    page: () => electron.windows().at(-1),
    evaluate: async (run, given) =>
      await electron.evaluate(run as (electron: ElectronModule, given: unknown) => unknown, given),
    drop: (...paths) => dragFiles(shownBy(started), paths),
    async press(keys) {
      // Chromium keeps from the menu what it is told to press by its debugger.
      const accelerator = keys.replace('ControlOrMeta', 'CmdOrCtrl').toUpperCase()
      if (!(await electron.evaluate(pressMenu, accelerator))) await shownBy(started).keyboard.press(keys)
    },
    kill: (signal) => void child.kill(signal),
  }
  return started
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** Runs inside the app; false when the menu has no such keys. */
function pressMenu({ Menu }: ElectronModule, accelerator: string): boolean {
  const everyItem = (menu: Electron.Menu | null): Electron.MenuItem[] =>
    (menu?.items ?? []).flatMap((item) => [item, ...everyItem(item.submenu ?? null)])
  const pressed = everyItem(Menu.getApplicationMenu()).find((item) => item.accelerator?.toUpperCase() === accelerator)
  pressed?.click()
  return pressed !== undefined
}
