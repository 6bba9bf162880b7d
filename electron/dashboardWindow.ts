import {
  BrowserWindow,
  type Event,
  MessageChannelMain,
  type RenderProcessGoneDetails,
  screen,
  type WebFrameMain,
} from 'electron'
import type { ChosenFile } from '../contract/desktop.ts'
import type { ApiRouter, Caller } from '../master/host/host.ts'
import { channels } from './channels.ts'
import { makeCrashWatch } from './crashes.ts'
import { type AnsweredPort, answerPort } from './guardedPort.ts'
import { lockedPreferences } from './hardening.ts'
import type { SettingsFile } from './settings.ts'
import { placeOf, smallest } from './windowPlace.ts'

/**
 * The one window: where it stands, its port to the host, what waits for its page, and its page's crashes. Jobs know nothing of it.
 */
export interface WindowParts {
  /** Absolute path of the built preload. */
  preload: string
  url: string
  devTools: boolean
  settings: SettingsFile
  router: ApiRouter
  log: (line: string) => void
  /** Asks the person about what no page may start by itself. */
  confirm: NonNullable<Caller['confirm']>
  /** The page's process ends again and again. */
  onBroken: (reason: string) => void
  /** False keeps the window open. */
  mayClose: () => boolean
}

export class DashboardWindow {
  readonly #parts: WindowParts
  readonly #crashes = makeCrashWatch()
  #window: BrowserWindow | null = null
  #port: AnsweredPort | null = null
  #connected = false
  /** What the page is told once it listens. */
  #waiting: (() => void)[] = []

  constructor(parts: WindowParts) {
    this.#parts = parts
  }

  get window(): BrowserWindow | null {
    return this.#window
  }

  /** Opens it, or brings it to the front. */
  show(): void {
    if (this.#window === null) return this.#open()
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
  }

  goTo(route: string): void {
    this.show()
    this.#tell(() => this.#window?.webContents.send(channels.goTo, route))
  }

  openFiles(files: ChosenFile[]): void {
    this.show()
    if (files.length > 0) this.#tell(() => this.#window?.webContents.send(channels.files, files))
  }

  /** The page listens and wants a port of its own; what an earlier page of this window had is over. */
  connect(frame: WebFrameMain): void {
    this.#port?.close()
    const { port1, port2 } = new MessageChannelMain()
    this.#port = answerPort(port1, this.#parts.router, this.#parts)
    frame.postMessage(channels.port, null, [port2])
    this.#connected = true
    for (const tell of this.#waiting.splice(0)) tell()
  }

  #tell(tell: () => void): void {
    if (this.#connected) tell()
    else this.#waiting.push(tell)
  }

  #open(): void {
    const { preload, settings, devTools, url } = this.#parts
    const areas = screen.getAllDisplays().map((display) => display.workArea)
    const window = new BrowserWindow({
      ...placeOf(settings.now.window, areas),
      minWidth: smallest.width,
      minHeight: smallest.height,
      title: 'Gristmill',
      show: false,
      webPreferences: lockedPreferences(preload, devTools),
    })
    this.#window = window
    if (settings.now.window?.maximized === true) window.maximize()
    window.once('ready-to-show', () => window.show())
    window.on('close', (event) => this.#close(event, window))
    window.on('closed', () => this.#forget())
    const { webContents } = window
    webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#connected = false
    })
    webContents.on('render-process-gone', (_event, details) => this.#gone(details, window))
    webContents.on('unresponsive', () => this.#parts.log('the page does not answer'))
    // That a page cannot be loaded is told by did-fail-load, with the reason.
    webContents.on('did-fail-load', (_event, code, description) =>
      this.#parts.log(`the page could not be loaded: ${description} (${code})`),
    )
    window.loadURL(url).catch((error: unknown) => this.#parts.log(`the window could not be opened: ${String(error)}`))
  }

  #close(event: Event, window: BrowserWindow): void {
    const bounds = window.getNormalBounds()
    this.#parts.settings.change({ window: { ...bounds, maximized: window.isMaximized() } })
    if (!this.#parts.mayClose()) event.preventDefault()
  }

  #forget(): void {
    this.#port?.close()
    this.#port = null
    this.#window = null
    this.#connected = false
  }

  #gone({ reason, exitCode }: RenderProcessGoneDetails, window: BrowserWindow): void {
    this.#connected = false
    this.#port?.close()
    this.#parts.log(`the page's process has gone: ${reason} (${exitCode})`)
    if (this.#crashes.gone(reason, Date.now())) window.webContents.reload()
    else if (reason !== 'clean-exit') this.#parts.onBroken(reason)
  }
}
