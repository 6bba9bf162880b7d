import { once } from 'node:events'
import { _electron } from '@playwright/test'
import { dragFiles } from '../flows/acts.ts'
import type { Answer, AppProcess, Command, Launch } from './appProcess.ts'

/**
 * The app on a real Electron: the same commands as the double's, by Electron's own means. What the system would be made to do is noted
 * instead; what a person would answer is given.
 */
interface Noted {
  recorded: Answer<'recorded'>
  boxes: number[]
  opens: string[][]
  click: () => void
}
declare global {
  /** Of the app's main process. */
  var noted: Noted
}

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
  const page = () => electron.windows().at(-1)
  const shown = () => {
    const now = page()
    if (now === undefined) throw new Error('there is no window')
    return now
  }
  return {
    pid: child.pid ?? 0,
    exit:
      child.exitCode === null
        ? once(child, 'exit').then(([code]) => code as number | null)
        : Promise.resolve(child.exitCode),
    get complaints() {
      return complaints
    },
    page,
    call: async (name, ...args) => (await electron.evaluate(obey, { name, args })) as never,
    drop: (...files) => dragFiles(shown(), files),
    async press(keys) {
      // Chromium keeps keys that it is told to press from the menu.
      const accelerator = keys.replace('ControlOrMeta', 'CmdOrCtrl').toUpperCase()
      if (!(await electron.evaluate(pressMenu, accelerator))) await shown().keyboard.press(keys)
    },
    kill: (signal) => void child.kill(signal),
  }
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

type ElectronModule = typeof Electron.CrossProcessExports

/** Runs inside the app: puts notes in the place of what leaves the app. */
function noteSystem({
  app,
  BrowserWindow,
  clipboard,
  dialog,
  Notification,
  powerSaveBlocker,
  shell,
}: ElectronModule): void {
  const recorded: Noted['recorded'] = {
    sandbox: true,
    recentDocuments: [],
    progress: [],
    notices: [],
    opened: [],
    revealed: [],
    copied: [],
    errors: [],
    questions: [],
    awake: [],
  }
  const noted: Noted = { recorded, boxes: [], opens: [], click: () => undefined }
  globalThis.noted = noted
  app.addRecentDocument = (path) => void recorded.recentDocuments.push(path)
  BrowserWindow.prototype.setProgressBar = (value, options) =>
    void recorded.progress.push({ value, mode: options?.mode ?? null })
  Notification.prototype.show = function show(this: Electron.Notification) {
    recorded.notices.push({ title: this.title, body: this.body, shown: true })
    noted.click = () => this.emit('click')
  }
  Object.assign(dialog, {
    showErrorBox: (title: string, text: string) => recorded.errors.push(`${title}: ${text}`),
    async showMessageBox(...args: unknown[]) {
      const { message, buttons } = args.at(-1) as { message: string; buttons: string[] }
      recorded.questions.push({ message, buttons })
      return { response: noted.boxes.shift() ?? -1, checkboxChecked: false }
    },
    async showOpenDialog() {
      const filePaths = noted.opens.shift() ?? []
      return { canceled: filePaths.length === 0, filePaths }
    },
  })
  Object.assign(shell, {
    showItemInFolder: (path: string) => recorded.revealed.push(path),
    async openPath(path: string) {
      recorded.opened.push(path)
      return ''
    },
  })
  clipboard.writeText = async (text) => void recorded.copied.push(text)
  Object.assign(powerSaveBlocker, {
    start: (type: string) => recorded.awake.push(`start ${type}`),
    stop: () => recorded.awake.push('stop'),
  })
}

/** Runs inside the app. */
function obey(
  { app, BrowserWindow, Menu, powerMonitor }: ElectronModule,
  { name, args }: { name: Command; args: unknown[] },
): unknown {
  const { noted } = globalThis
  const [window] = BrowserWindow.getAllWindows()
  const [first] = args
  const setPower = (property: string, value: unknown, event: string) => {
    Object.defineProperty(powerMonitor, property, { value, configurable: true })
    powerMonitor.emit(event)
  }
  const commands: Record<Command, () => unknown> = {
    recorded: () => noted.recorded,
    menu: () => Menu.getApplicationMenu()?.getMenuItemById(String(first))?.click(),
    clickNotice: () => noted.click(),
    answerBox: () => noted.boxes.push(Number(first)),
    answerOpen: () => noted.opens.push(args as string[]),
    focus: () => (first === true ? window?.focus() : window?.blur()),
    isFocused: () => window?.isFocused(),
    close: () => window?.close(),
    quit: () => app.quit(),
    battery: () => setPower('onBatteryPower', first, first === true ? 'on-battery' : 'on-ac'),
    power: () => powerMonitor.emit(String(first)),
    // Electron's File knows its own path.
    lay: () => undefined,
    windows: () => BrowserWindow.getAllWindows().length,
  }
  return commands[name]()
}

/** Runs inside the app; false when the menu has no such keys. */
function pressMenu({ Menu }: ElectronModule, accelerator: string): boolean {
  const everyItem = (menu: Electron.Menu | null): Electron.MenuItem[] =>
    (menu?.items ?? []).flatMap((item) => [item, ...everyItem(item.submenu ?? null)])
  const pressed = everyItem(Menu.getApplicationMenu()).find((item) => item.accelerator?.toUpperCase() === accelerator)
  pressed?.click()
  return pressed !== undefined
}
