import { afterReady, quitting, tellApp } from './app.ts'
import { Emitter, strict } from './strict.ts'
import { recorded } from './recorded.ts'
import { WebContents } from './webContents.ts'

/** `BrowserWindow`: the frame around a page, as far as it can be seen without a screen. */
class Window extends Emitter {
  readonly webContents: WebContents
  readonly #bounds: { x: number; y: number; width: number; height: number }
  #focused = false
  #maximized = false

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super('close closed ready-to-show')
    afterReady('BrowserWindow')
    const { x = 10, y = 20, width = 800, height = 600, webPreferences = {} } = options
    this.#bounds = { x, y, width, height }
    this.webContents = strict('webContents', new WebContents(webPreferences, () => this.#focused))
    windows.add(this)
    tellApp('web-contents-created', this.webContents)
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url)
    if (windows.has(this)) this.emit('ready-to-show')
  }

  show = () => void (this.#focused = true)
  focus = () => void (this.#focused = true)
  blur = () => void (this.#focused = false)
  maximize = () => void (this.#maximized = true)
  isFocused = () => this.#focused
  isMaximized = () => this.#maximized
  isMinimized = () => false
  getNormalBounds = () => ({ ...this.#bounds })
  setProgressBar(value: number, { mode = null }: { mode?: string | null } = {}): void {
    const last = recorded.progress.at(-1)
    if (last?.value !== value || last.mode !== mode) recorded.progress.push({ value, mode })
  }

  close(): void {
    if (!windows.has(this) || !this.mayGoOn('close')) return
    windows.delete(this)
    this.webContents.destroy()
    this.emit('closed')
    if (windows.size === 0) tellApp('window-all-closed')
  }
}

export const windows = new Set<Window>()
quitting.closeWindows = () => {
  for (const window of windows) window.close()
  return windows.size === 0
}

export const BrowserWindow = new Proxy(Window, {
  construct: (target, [options]: [Electron.BrowserWindowConstructorOptions]) =>
    strict('BrowserWindow', new target(options)),
})
