import { randomUUID } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { type Browser, type CDPSession, chromium, type Page, type Route } from '@playwright/test'
import { atExit } from './app.ts'
import { type Call, receive, takePort } from './ipc.ts'
import { type Keys, pressKeys } from './menu.ts'
import { pageScripts } from './pageSide.ts'
import { grantedOf, respond, toApp, toWeb } from './session.ts'
import { cloneAcross, Emitter, encode, NotModelled, strict } from './strict.ts'
import { recorded } from './recorded.ts'

/** `webContents`: a page of the Chromium that the test looks at too, with the app's preload in a world of its own. */
const events =
  'did-fail-load did-start-navigation render-process-gone unresponsive will-attach-webview will-frame-navigate will-navigate will-redirect'
const world = 'electron-preload'
const safe = { sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true } as const

let browser: Browser | null = null
atExit.push(() => browser?.close())
async function newPage(): Promise<[Page, CDPSession]> {
  browser ??= await chromium.connectOverCDP(process.env['DOUBLE_BROWSER'] ?? '')
  const [context] = browser.contexts()
  if (context === undefined) throw new Error('double: Chromium has no context')
  const granted = grantedOf(['geolocation', 'notifications', 'clipboard-read'])
  if (granted.length > 0) await context.grantPermissions(granted)
  const page = await context.newPage()
  return [page, await context.newCDPSession(page)]
}

type Told =
  | { type: 'begin' }
  | { type: 'keys'; keys: Keys }
  | { type: 'port'; port: number; data?: unknown; closed?: true }
  | ({ type: 'call' } & Call)

export class WebContents extends Emitter {
  readonly #frame = {
    url: '',
    postMessage: (channel: string, message: unknown, transfer: unknown[] = []) =>
      this.#tell(channel, [message], transfer),
  }
  readonly mainFrame = strict('webFrameMain', this.#frame)
  readonly #preload: string
  readonly #isFocused: () => boolean
  readonly #ports: MessagePort[] = []
  #page: Page | null = null
  #cdp: CDPSession | null = null
  /** Where the preload runs; null while no document does. */
  #world: number | null = null
  /** While a navigation is the app's own: those are not asked about. */
  #ownNavigation = false
  #openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' })

  constructor(preferences: Electron.WebPreferences, isFocused: () => boolean) {
    super(events)
    for (const name of Object.keys(safe) as (keyof typeof safe)[])
      if (!recorded.sandbox || preferences[name] !== safe[name])
        throw new Error('double: a window must be sandboxed and isolated, without Node, with web security')
    this.#preload = readFileSync(preferences.preload ?? '', 'utf8')
    this.#isFocused = isFocused
  }

  async load(url: string): Promise<void> {
    this.#frame.url = url
    const page = (this.#page ??= await this.#open())
    await this.#navigate(() => page.goto(toWeb(url)))
  }

  reload(): void {
    const page = this.#page
    void (page === null ? this.load(this.#frame.url) : this.#navigate(() => page.reload()))
  }

  async #navigate(go: () => Promise<unknown>): Promise<void> {
    this.#ownNavigation = true
    await go().catch((error: unknown) => this.emit('did-fail-load', {}, -2, String(error)))
    this.#ownNavigation = false
  }

  async #open(): Promise<Page> {
    const [page, cdp] = await newPage()
    this.#cdp = cdp
    page.on('crash', () => this.#crashed())
    page.on('popup', (popup) => void popup.close())
    cdp.on('Page.windowOpen', ({ url }) => this.#openWindow(toApp(url)))
    cdp.on('Runtime.executionContextsCleared', () => this.#leaveDocument())
    cdp.on('Runtime.bindingCalled', ({ payload, executionContextId }) => {
      this.#world = executionContextId
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
    const url = toApp(request.url())
    if (request.isNavigationRequest()) {
      const isMainFrame = request.frame() === this.#page?.mainFrame()
      const asked = this.#ownNavigation ? [] : ['will-frame-navigate', ...(isMainFrame ? ['will-navigate'] : [])]
      if (!asked.every((event) => this.mayGoOn(event, { url, isMainFrame }))) return await route.abort('aborted')
      if (isMainFrame) this.emit('did-start-navigation', { url, isMainFrame, isSameDocument: false })
    }
    const answer = await respond(url, request.method())
    await (answer === null ? route.abort('blockedbyclient') : route.fulfill(answer))
  }

  #openWindow(url: string): void {
    if (this.#openHandler({ url }).action !== 'deny') throw new NotModelled('a second window')
  }

  #crashed(): void {
    void this.#page?.close()
    this.#page = null
    this.#leaveDocument()
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 133 })
  }

  /** The document has gone, and with it the other ends of its ports. */
  #leaveDocument(): void {
    this.#world = null
    for (const port of this.#ports.splice(0)) port.close()
  }

  #hear(told: Told): void {
    this.#frame.url = toApp(this.#page?.url() ?? this.#frame.url)
    if (told.type === 'port') {
      const port = this.#ports[told.port]
      if (told.closed) port?.close()
      else port?.postMessage(told.data)
    } else if (told.type === 'keys') {
      if (this.#isFocused()) pressKeys(told.keys)
    } else if (told.type === 'call') {
      const event = { sender: this, senderFrame: this.mainFrame, ports: [] }
      void receive(event, told).then((answer) => (answer === null ? undefined : this.#push(answer)))
    }
  }

  #tell(channel: string, args: unknown[], transfer: unknown[]): void {
    const given = transfer.map(takePort)
    const ports = given.map((port) => this.#ports.push(port) - 1)
    void this.#push({ type: 'event', channel, args: cloneAcross(args), ports })
    for (const [index, port] of given.entries()) {
      port.on('message', (data: unknown) => void this.#push({ type: 'port', port: ports[index], data }))
      port.on('close', () => void this.#push({ type: 'port', port: ports[index], closed: true }))
    }
  }

  async #push(message: object): Promise<void> {
    const expression = `doubleTake(${encode(message)})`
    if (this.#world === null) return
    // The page may go while it is told something; that it has gone is an event of its own.
    await this.#cdp?.send('Runtime.evaluate', { contextId: this.#world, expression }).catch(() => undefined)
  }

  send = (channel: string, ...args: unknown[]) => this.#tell(channel, args, [])
  setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) =>
    void (this.#openHandler = handler)

  destroy(): void {
    this.#leaveDocument()
    void this.#page?.close()
  }

  /** The test's: the page's preload learns where these files lie. */
  async lay(files: string[]): Promise<void> {
    const list = files.map((path) => [`${basename(path)}:${statSync(path).size}`, path])
    await this.#push({ type: 'paths', list })
  }
}
