import { afterReady, tellApp, windows } from './app.ts'
import { Emitter, strict } from './strict.ts'
import { WebContents } from './webContents.ts'

/** `BrowserWindow`: the frame around a page, as far as it can be seen without a screen. */
type Options = Electron.BrowserWindowConstructorOptions
class Window extends Emitter {
  static getAllWindows = () => [...open].map((window) => strict('BrowserWindow', window))
  readonly webContents: WebContents
  #bounds: Electron.Rectangle
  #focused = false
  #maximized = false

  constructor({ x = 10, y = 20, width = 800, height = 600, webPreferences = {} }: Options) {
    super('close closed ready-to-show')
    afterReady('BrowserWindow')
    this.#bounds = { x, y, width, height }
    this.webContents = strict('webContents', new WebContents(webPreferences, () => this.#focused))
    open.add(this)
    tellApp('web-contents-created', this.webContents)
  }

  show = () => void (this.#focused = true)
  focus = () => void (this.#focused = true)
  blur = () => void (this.#focused = false)
  maximize = () => void (this.#maximized = true)
  isFocused = () => this.#focused
  isMaximized = () => this.#maximized
  isMinimized = () => false
  getNormalBounds = () => this.#bounds
  setBounds = (bounds: Electron.Rectangle) => void (this.#bounds = bounds)
  setProgressBar(): void {}

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url)
    if (open.has(this)) this.emit('ready-to-show')
  }

  close(): void {
    if (!open.has(this) || !this.mayGoOn('close')) return
    open.delete(this)
    void this.webContents.destroy()
    this.emit('closed')
    if (open.size === 0) tellApp('window-all-closed')
  }
}

const open = windows as Set<Window>

export const BrowserWindow = new Proxy(Window, {
  construct: (target, [options]: [Options]) => strict('BrowserWindow', new target(options)),
})
