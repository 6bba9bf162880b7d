import { EventEmitter } from 'node:events'
import { makeContents, type Preferences, type WebContents } from './contents.ts'
import { afterReady, emitOnApp, owned } from './lifecycle.ts'
import { recorded } from './recorded.ts'
import { strict } from './strict.ts'

/** `BrowserWindow`: the frame around a page, as far as it can be seen without a screen. */
interface Options {
  x?: number
  y?: number
  width: number
  height: number
  show?: boolean
  webPreferences: Preferences
}

class Window extends EventEmitter {
  readonly webContents: WebContents
  readonly contents: WebContents
  readonly #bounds: { x: number; y: number; width: number; height: number }
  #focused = false
  #minimized = false
  #maximized = false
  #gone = false

  constructor({ x = 10, y = 20, width, height, webPreferences }: Options) {
    super()
    afterReady('BrowserWindow')
    const { plain, given } = makeContents(webPreferences)
    this.contents = plain
    this.webContents = given
    this.#bounds = { x, y, width, height }
    owned.windows.add(this)
    emitOnApp('web-contents-created', {}, given)
  }

  async loadURL(url: string): Promise<void> {
    await this.contents.load(url)
    if (!this.#gone) this.emit('ready-to-show')
  }

  show = () => void (this.#focused = true)
  focus = () => void (this.#focused = true)
  blur = () => void (this.#focused = false)
  minimize = () => void (this.#minimized = true)
  restore = () => void (this.#minimized = false)
  maximize = () => void (this.#maximized = true)
  isFocused = () => this.#focused
  isMinimized = () => this.#minimized
  isMaximized = () => this.#maximized
  isDestroyed = () => this.#gone
  getNormalBounds = () => ({ ...this.#bounds })
  setProgressBar(value: number, { mode = null }: { mode?: string | null } = {}): void {
    const last = recorded.progress.at(-1)
    if (last?.value !== value || last.mode !== mode) recorded.progress.push({ value, mode })
  }

  close(): void {
    if (this.#gone) return
    let prevented = false
    this.emit('close', { preventDefault: () => (prevented = true) })
    if (!prevented) this.destroy()
  }

  destroy(): void {
    this.#gone = true
    owned.windows.delete(this)
    void this.contents.destroy()
    this.emit('closed')
    if (owned.windows.size === 0) emitOnApp('window-all-closed')
  }
}

/** The windows as tests see them. */
export const windows = owned.windows as Set<Window>

export const BrowserWindow = new Proxy(Window, {
  construct: (target, [options]) => strict('BrowserWindow', new target(options as Options)),
})
