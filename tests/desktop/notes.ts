/**
 * What tests do to the app's main process, on the double and on a real Electron alike: what the system would be made to do is noted instead,
 * and what a person would answer is given. Both functions run inside the app, sent there as text.
 */
export type ElectronModule = typeof Electron.CrossProcessExports

interface Notes {
  recentDocuments: string[]
  progress: { value: number; mode: string | null }[]
  notices: { title: string; body: string }[]
  copied: string[]
  opened: string[]
  revealed: string[]
  errors: string[]
  questions: { message: string; buttons: string[] }[]
  awake: string[]
}

declare global {
  /** Of the app's main process. */
  var noted: { notes: Notes; boxes: number[]; opens: string[][]; click: () => void }
}

/** Puts notes in the place of what leaves the app. */
export function noteSystem(electron: ElectronModule): void {
  const { app, BrowserWindow, clipboard, dialog, Notification, powerSaveBlocker, shell } = electron
  const notes: Notes = {
    recentDocuments: [],
    progress: [],
    notices: [],
    copied: [],
    opened: [],
    revealed: [],
    errors: [],
    questions: [],
    awake: [],
  }
  const noted: typeof globalThis.noted = { notes, boxes: [], opens: [], click: () => undefined }
  globalThis.noted = noted
  app.addRecentDocument = (path) => void notes.recentDocuments.push(path)
  BrowserWindow.prototype.setProgressBar = (value, options) =>
    void notes.progress.push({ value, mode: options?.mode ?? null })
  Notification.prototype.show = function show(this: Electron.Notification) {
    notes.notices.push({ title: this.title, body: this.body })
    noted.click = () => this.emit('click')
  }
  Object.assign(dialog, {
    showErrorBox: (title: string, text: string) => notes.errors.push(`${title}: ${text}`),
    async showMessageBox(...args: unknown[]) {
      const { message, buttons } = args.at(-1) as { message: string; buttons: string[] }
      notes.questions.push({ message, buttons })
      const response = noted.boxes.shift()
      if (response === undefined) throw new Error(`nobody answers ${message}`)
      return { response, checkboxChecked: false }
    },
    async showOpenDialog() {
      const filePaths = noted.opens.shift() ?? []
      return { canceled: filePaths.length === 0, filePaths }
    },
  })
  Object.assign(shell, {
    showItemInFolder: (path: string) => notes.revealed.push(path),
    async openPath(path: string) {
      notes.opened.push(path)
      return ''
    },
  })
  clipboard.writeText = async (text) => void notes.copied.push(text)
  Object.assign(powerSaveBlocker, {
    start: (type: string) => notes.awake.push(`start ${type}`),
    stop: () => notes.awake.push('stop'),
  })
}

export interface Commands {
  notes: () => Notes
  /** Chooses an item of the menu by its id. */
  menu: (id: string) => void
  /** Whether an item of the menu has its mark. */
  isChosen: (id: string) => boolean
  clickNotice: () => void
  answerBox: (response: number) => void
  /** No paths: the dialog is closed. */
  answerOpen: (...paths: string[]) => void
  focus: (is: boolean) => void
  isFocused: () => boolean
  /** Moves the window, as a person with a mouse. */
  place: (bounds: Electron.Rectangle) => void
  placed: () => Electron.Rectangle | undefined
  close: () => void
  quit: () => void
  battery: (on: boolean) => void
  power: (event: 'suspend' | 'resume' | 'shutdown') => void
  windows: () => number
}
export type Command = keyof Commands

/** Carries out one command. */
export function obey(electron: ElectronModule, { name, args }: { name: Command; args: readonly unknown[] }): unknown {
  const { app, BrowserWindow, Menu, powerMonitor } = electron
  const { noted } = globalThis
  const [window] = BrowserWindow.getAllWindows()
  const commands: Commands = {
    notes: () => noted.notes,
    menu: (id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(),
    isChosen: (id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.checked === true,
    clickNotice: () => noted.click(),
    answerBox: (response) => void noted.boxes.push(response),
    answerOpen: (...paths) => void noted.opens.push(paths),
    focus: (is) => (is ? window?.focus() : window?.blur()),
    isFocused: () => window?.isFocused() === true,
    place: (bounds) => window?.setBounds(bounds),
    placed: () => window?.getNormalBounds(),
    close: () => window?.close(),
    quit: () => app.quit(),
    battery(on) {
      Object.defineProperty(powerMonitor, 'onBatteryPower', { value: on, configurable: true })
      powerMonitor.emit(on ? 'on-battery' : 'on-ac')
    },
    power: (event) => void powerMonitor.emit(event),
    windows: () => BrowserWindow.getAllWindows().length,
  }
  return (commands[name] as (...given: readonly unknown[]) => unknown)(...args)
}
