import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { chromium, type Page, type Route } from '@playwright/test'
import { afterReady, app, atExit, windows } from './app.ts'
import { handlers, refusing, takePort } from './given.ts'
import { pageScripts } from './pageSide.ts'
import { type Call, Emitter, encode, notModelled, strict } from './strict.ts'
import { pressKeys } from './system.ts'

/**
 * `BrowserWindow`, as far as it can be seen without a screen, and its `webContents`: a page of the Chromium that the test looks at too,
 * with the app's preload in a world of its own. What is under `app://host/` is shown to Chromium as `https://host.app.invalid/` and
 * answered by the app's own handler.
 */
const events =
  'did-start-navigation did-fail-load render-process-gone unresponsive will-attach-webview will-frame-navigate will-navigate will-redirect'
const safe = Object.entries({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true })
const toWeb = (url: string): string => url.replace(/^app:\/\/([^/]+)/, 'https://$1.app.invalid')
const toApp = (url: string): string => url.replace(/^https:\/\/([^/]+)\.app\.invalid/, 'app://$1')

class WebContents extends Emitter {
  readonly mainFrame = strict('webFrameMain', {
    url: '',
    postMessage: (channel: string, message: unknown, ports: unknown[] = []) => this.#tell(channel, [message], ports),
  })
  readonly #preload: string
  readonly #onKeys: Call
  readonly #ports: MessagePort[] = []
  #page: Page | null = null
  /** In the preload's world; null while there is no document. */
  #evaluate: ((expression: string) => Promise<unknown>) | null = null
  /** What the app itself has asked for. */
  #own = ''
  #openHandler: Call = () => ({ action: 'allow' })

  constructor(preferences: Electron.WebPreferences, onKeys: Call) {
    super('webContents', events)
    if (safe.some(([name, value]) => Reflect.get(preferences, name) !== value))
      throw new Error('double: a window must be sandboxed and isolated, without Node, with web security')
    this.#preload = readFileSync(preferences.preload ?? '', 'utf8')
    this.#onKeys = onKeys
    atExit.push(() => this.destroy())
  }

  send = (channel: string, ...args: unknown[]) => this.#tell(channel, args, [])
  setWindowOpenHandler = (handler: Call) => void (this.#openHandler = handler)
  reload = () => void this.load(this.#own)

  async load(url: string): Promise<void> {
    this.#own = url
    this.#page ??= await this.#open()
    await this.#page.goto(toWeb(url)).catch((error: unknown) => this.emit('did-fail-load', {}, -2, String(error)))
  }

  async #open(): Promise<Page> {
    if (refusing.size < 3) throw new Error('double: without permission handlers Electron grants everything')
    const browser = await chromium.connectOverCDP(process.env['DOUBLE_BROWSER'] ?? '')
    const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage()
    const cdp = await page.context().newCDPSession(page)
    page.on('crash', () => {
      void this.destroy()
      this.#page = null
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 133 })
    })
    page.on('popup', (popup) => void popup.close())
    cdp.on('Page.windowOpen', ({ url }) => {
      const { action } = this.#openHandler({ url: toApp(url) }) as { action: string }
      if (action !== 'deny') throw notModelled('a second window')
    })
    cdp.on('Runtime.executionContextsCleared', () => this.#leaveDocument())
    cdp.on('Runtime.bindingCalled', ({ payload, executionContextId: contextId }) => {
      this.#evaluate = (expression) => cdp.send('Runtime.evaluate', { contextId, expression })
      this.mainFrame.url = toApp(page.url())
      void this.#hear(payload)
    })
    await page.route('**', (route) => this.#answer(route))
    const world = 'electron-preload'
    await cdp.send('Page.enable')
    await cdp.send('Runtime.enable')
    await cdp.send('Runtime.addBinding', { name: 'doubleWire', executionContextName: world })
    for (const script of pageScripts(this.#preload, world))
      await cdp.send('Page.addScriptToEvaluateOnNewDocument', script)
    return page
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request()
    const url = toApp(request.url())
    const navigation = { url, isMainFrame: true, isSameDocument: false }
    const mayGo = (event: string) => url === this.#own || this.mayGoOn(event, navigation)
    if (request.isNavigationRequest()) {
      if (request.frame().parentFrame() !== null) throw notModelled('a page within the page')
      if (!mayGo('will-navigate') || !mayGo('will-frame-navigate')) return await route.abort('aborted')
      this.emit('did-start-navigation', navigation)
    }
    let cancel: unknown = false
    handlers.get('request')?.({ url }, (decision: { cancel: boolean }) => ({ cancel } = decision))
    const handler = handlers.get(new URL(url).protocol)
    if (cancel === true || handler === undefined) return await route.abort('blockedbyclient')
    const answer = (await handler(new Request(url, { method: request.method() }))) as Response
    const body = Buffer.from(await answer.arrayBuffer())
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body })
  }

  /** The document has gone, and with it the other ends of its ports. */
  #leaveDocument(): void {
    this.#evaluate = null
    for (const port of this.#ports) port.close()
  }

  /** What the preload tells. With an id it wants an answer, which may be that there is none. */
  async #hear(payload: string): Promise<void> {
    const [name, id, ...args] = JSON.parse(payload) as [string, number | null, ...unknown[]]
    if (name === 'keys') return void this.#onKeys(...args)
    if (name === 'port') return this.#ports[id ?? -1]?.postMessage(args[0])
    const event = { sender: this, senderFrame: this.mainFrame, ports: [] }
    if (id === null) return void handlers.get(name)?.(event, ...args)
    try {
      const handler = handlers.get(name)
      if (handler === undefined) throw new Error(`No handler registered for '${name}'`)
      this.#push(`reply ${id}`, await handler(event, ...args))
    } catch (error) {
      this.#push(`refusal ${id}`, `Error invoking remote method: ${name}: ${String(error)}`)
    }
  }

  #tell(channel: string, args: unknown[], transfer: unknown[]): void {
    const ids = transfer.map((given) => this.#ports.push(takePort(given)) - 1)
    this.#push(`event ${channel}`, ids, ...args)
    for (const id of ids) {
      this.#ports[id]?.on('message', (data: unknown) => this.#push(`port ${id}`, data))
      this.#ports[id]?.on('close', () => this.#push(`portClosed ${id}`))
    }
  }

  #push(...message: [string, ...unknown[]]): void {
    const expression = `doubleTake(...${encode(message)})`
    // The page may go while it is told something; that it has gone is an event of its own.
    void this.#evaluate?.(expression).catch(() => undefined)
  }

  /** Resolves when Chromium has closed the page. */
  async destroy(): Promise<void> {
    this.#leaveDocument()
    await this.#page?.close()
  }

  /** The test's: the preload learns where these files lie. */
  lay = (files: string[]) =>
    files.forEach((path) => this.#push('path', `${basename(path)}:${statSync(path).size}`, path))
}

class Window extends Emitter {
  static getAllWindows = () => [...windows]
  readonly webContents: WebContents
  #bounds: Electron.Rectangle
  #focused = false

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super('BrowserWindow', 'close closed ready-to-show')
    afterReady('BrowserWindow')
    const { x = 10, y = 20, width = 800, height = 600, webPreferences = {} } = options
    this.#bounds = { x, y, width, height }
    this.webContents = new WebContents(webPreferences, (keys) => this.#focused && pressKeys(String(keys)))
    windows.add(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  show = () => void (this.#focused = true)
  focus = () => void (this.#focused = true)
  blur = () => void (this.#focused = false)
  isFocused = () => this.#focused
  isMaximized = () => false
  isMinimized = () => false
  getNormalBounds = () => this.#bounds
  setBounds = (bounds: Electron.Rectangle) => void (this.#bounds = bounds)
  setProgressBar(): void {}

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url)
    if (windows.has(this)) this.emit('ready-to-show')
  }

  close(): void {
    if (!windows.has(this) || !this.mayGoOn('close')) return
    windows.delete(this)
    void this.webContents.destroy()
    this.emit('closed')
    if (windows.size === 0) app.emit('window-all-closed')
  }
}
export const BrowserWindow = strict('BrowserWindow', Window)
