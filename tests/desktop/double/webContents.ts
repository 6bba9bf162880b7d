import { randomUUID } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { type Browser, type CDPSession, chromium, type Page, type Route } from '@playwright/test'
import { asked, atExit } from './app.ts'
import { type Call, receive, takePort } from './ipc.ts'
import { pageScripts } from './pageSide.ts'
import { refusesPermissions, respond, toApp, toWeb } from './session.ts'
import { cloneAcross, Emitter, encode, notModelled, strict } from './strict.ts'
import { type Keys, pressKeys } from './system.ts'

/** `webContents`: a page of the Chromium that the test looks at too, with the app's preload in a world of its own. */
const events =
  'did-start-navigation did-fail-load render-process-gone unresponsive will-attach-webview will-frame-navigate will-navigate will-redirect'
const safe = Object.entries({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true })
const world = 'electron-preload'
type OpenHandler = (details: { url: string }) => { action: string }
type Told =
  | { type: 'begin' | 'keys'; keys?: Keys }
  | { type: 'port'; port: number; data: unknown }
  | ({ type: 'call' } & Call)

let browser: Browser | null = null
atExit.push(() => browser?.close())

export class WebContents extends Emitter {
  readonly #frame = {
    url: '',
    postMessage: (channel: string, message: unknown, ports: unknown[] = []) => this.#tell(channel, [message], ports),
  }
  readonly mainFrame = strict('webFrameMain', this.#frame)
  readonly #preload: string
  readonly #isFocused: () => boolean
  /** By the numbers that both sides know them by. */
  readonly #ports: MessagePort[] = []
  #page: Page | null = null
  #closed: Promise<void> = Promise.resolve()
  #cdp: CDPSession | null = null
  /** Where the preload runs; null while no document does. */
  #world: number | null = null
  /** What the app itself has asked for. */
  #own = ''
  #openHandler: OpenHandler = () => ({ action: 'allow' })

  constructor(preferences: Electron.WebPreferences, isFocused: () => boolean) {
    super(events)
    if (!asked.sandbox || safe.some(([name, value]) => Reflect.get(preferences, name) !== value))
      throw new Error('double: a window must be sandboxed and isolated, without Node, with web security')
    this.#preload = readFileSync(preferences.preload ?? '', 'utf8')
    this.#isFocused = isFocused
    atExit.push(() => this.destroy())
  }

  send = (channel: string, ...args: unknown[]) => this.#tell(channel, args, [])
  setWindowOpenHandler = (handler: OpenHandler) => void (this.#openHandler = handler)

  async load(url: string): Promise<void> {
    this.#own = url
    this.#page ??= await this.#open()
    await this.#page.goto(toWeb(url)).catch((error: unknown) => this.emit('did-fail-load', {}, -2, String(error)))
  }

  reload = () => void this.load(this.#own)

  async #open(): Promise<Page> {
    refusesPermissions()
    browser ??= await chromium.connectOverCDP(process.env['DOUBLE_BROWSER'] ?? '')
    const [context] = browser.contexts()
    if (context === undefined) throw new Error('double: Chromium has no context')
    const page = await context.newPage()
    const cdp = (this.#cdp = await context.newCDPSession(page))
    page.on('crash', () => this.#crashed())
    page.on('popup', (popup) => void popup.close())
    cdp.on('Page.windowOpen', ({ url }) => {
      if (this.#openHandler({ url: toApp(url) }).action !== 'deny') throw notModelled('a second window')
    })
    cdp.on('Runtime.executionContextsCleared', () => this.#leaveDocument())
    cdp.on('Runtime.bindingCalled', ({ payload, executionContextId }) => {
      this.#world = executionContextId
      this.#frame.url = toApp(page.url())
      this.#hear(JSON.parse(payload) as Told)
    })
    await page.route('**', (route) => this.#answer(route))
    await cdp.send('Page.enable')
    await cdp.send('Runtime.enable')
    await cdp.send('Runtime.addBinding', { name: 'doubleWire', executionContextName: world })
    const scripts = pageScripts(this.#preload, `double${randomUUID()}`)
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.page })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.preload, worldName: world })
    return page
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request()
    const details = { url: toApp(request.url()), isMainFrame: true, isSameDocument: false }
    if (request.isNavigationRequest()) {
      if (request.frame().parentFrame() !== null) throw notModelled('a page within the page')
      const mayGo = (event: string) => details.url === this.#own || this.mayGoOn(event, details)
      if (!mayGo('will-navigate') || !mayGo('will-frame-navigate')) return await route.abort('aborted')
      this.emit('did-start-navigation', details)
    }
    const answer = await respond(details.url, request.method())
    await (answer === null ? route.abort('blockedbyclient') : route.fulfill(answer))
  }

  #crashed(): void {
    void this.destroy()
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 133 })
  }

  /** The document has gone, and with it the other ends of its ports. */
  #leaveDocument(): void {
    this.#world = null
    for (const port of this.#ports) port.close()
  }

  #hear(told: Told): void {
    if (told.type === 'port') this.#ports[told.port]?.postMessage(told.data)
    else if (told.type === 'call') {
      const event = { sender: this, senderFrame: this.mainFrame, ports: [] }
      void receive(event, told, (answer) => void this.#push(answer))
    } else if (told.keys !== undefined && this.#isFocused()) pressKeys(told.keys)
  }

  #tell(channel: string, args: unknown[], transfer: unknown[]): void {
    const ports = transfer.map((given) => this.#ports.push(takePort(given)) - 1)
    void this.#push({ type: 'event', channel, args: cloneAcross(args), ports })
    for (const port of ports) {
      this.#ports[port]?.on('message', (data: unknown) => void this.#push({ type: 'port', port, data }))
      this.#ports[port]?.on('close', () => void this.#push({ type: 'portClosed', port }))
    }
  }

  async #push(message: object): Promise<void> {
    const expression = `doubleTake(${encode(message)})`
    if (this.#world === null) return
    // The page may go while it is told something; that it has gone is an event of its own.
    await this.#cdp?.send('Runtime.evaluate', { contextId: this.#world, expression }).catch(() => undefined)
  }

  /** Resolves when Chromium has closed the page. */
  async destroy(): Promise<void> {
    this.#leaveDocument()
    const page = this.#page
    this.#page = null
    await (this.#closed = page === null ? this.#closed : page.close())
  }

  /** The test's: the preload learns where these files lie. */
  lay = (files: string[]) =>
    this.#push({ type: 'paths', list: files.map((path) => [`${basename(path)}:${statSync(path).size}`, path]) })
}
