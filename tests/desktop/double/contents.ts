import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { CDPSession, Page, Route } from '@playwright/test'
import { openPage } from './browser.ts'
import { receive } from './ipcMain.ts'
import { type MessagePortMain, requirePorts } from './ports.ts'
import { pageScripts } from './pageSide.ts'
import { recorded } from './recorded.ts'
import { requestAllowed, respond, toApp, toWeb } from './session.ts'
import { cloneAcross, encode, NotModelled, strict } from './strict.ts'

/** `webContents`: a page of headless Chromium with the real preload in a world of its own. */
export interface Preferences {
  preload?: string
  sandbox?: boolean
  contextIsolation?: boolean
  nodeIntegration?: boolean
  webSecurity?: boolean
}
const world = 'electron-preload'
let frames = 0

class Frame {
  readonly routingId = ++frames
  readonly #contents: WebContents
  url = ''
  constructor(contents: WebContents) {
    this.#contents = contents
  }
  get origin(): string {
    return /^\w+:\/\/[^/]+/.exec(this.url)?.[0] ?? 'null'
  }
  postMessage(channel: string, message: unknown, transfer: unknown[] = []): void {
    this.#contents.tell(channel, [cloneAcross(message)], requirePorts(transfer))
  }
}

export class WebContents extends EventEmitter {
  readonly mainFrame = new Frame(this)
  readonly #preferences: Preferences
  readonly #ports = new Map<number, MessagePortMain>()
  #page: Page | null = null
  #cdp: CDPSession | null = null
  #world: number | null = null
  #openHandler: ((details: { url: string }) => { action: string }) | null = null
  #asked = ''
  #portCount = 0
  /** Set while a navigation is the app's own: those are not asked about. */
  #ownNavigation = false

  constructor(preferences: Preferences) {
    super()
    const { sandbox, contextIsolation, nodeIntegration, webSecurity } = preferences
    if (
      !recorded.sandbox ||
      sandbox !== true ||
      contextIsolation !== true ||
      nodeIntegration !== false ||
      webSecurity !== true
    )
      throw new Error('double: a window must be sandboxed and isolated, without Node, with web security')
    this.#preferences = preferences
  }

  async load(url: string): Promise<void> {
    this.#asked = url
    this.#page ??= await this.#begin()
    await this.#go(() => this.#page?.goto(toWeb(url)))
    this.emit('did-finish-load')
  }

  async #go(navigate: () => Promise<unknown> | undefined): Promise<void> {
    this.#ownNavigation = true
    try {
      await navigate()
    } catch (error) {
      this.emit('did-fail-load', {}, -2, error instanceof Error ? error.message : String(error), this.#asked)
    } finally {
      this.#ownNavigation = false
    }
  }

  async #begin(): Promise<Page> {
    const { page, cdp } = await openPage()
    this.#cdp = cdp
    page.on('crash', () => this.#crashed())
    page.on('popup', (popup) => void popup.close())
    cdp.on('Page.windowOpen', ({ url }) => this.#openWindow(url))
    page.on('console', (message) => this.emit('console-message', { level: message.type(), message: message.text() }))
    await page.route(
      () => true,
      (route) => this.#route(route),
    )
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === world) this.#world = context.id
    })
    cdp.on('Runtime.executionContextsCleared', () => this.#leavePage())
    cdp.on('Runtime.bindingCalled', ({ payload }) => this.#hear(JSON.parse(payload) as Told))
    await cdp.send('Page.enable')
    await cdp.send('Runtime.enable')
    await cdp.send('Runtime.addBinding', { name: 'doubleWire', executionContextName: world })
    const scripts = pageScripts(readFileSync(this.#preferences.preload ?? '', 'utf8'), `double${randomUUID()}`)
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.page })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.preload, worldName: world })
    return page
  }

  async #route(route: Route): Promise<void> {
    const request = route.request()
    const url = toApp(request.url())
    if (request.isNavigationRequest()) {
      const isMainFrame = request.frame() === this.#page?.mainFrame()
      if (!this.#ownNavigation && this.#prevents(url, isMainFrame)) return await route.abort('aborted')
      if (isMainFrame) this.emit('did-start-navigation', { url, isMainFrame, isSameDocument: false })
    }
    if (!requestAllowed(url)) return await route.abort('blockedbyclient')
    const answer = await respond(url, request.method())
    await (answer === null ? route.abort('failed') : route.fulfill(answer))
  }

  #prevents(url: string, isMainFrame: boolean): boolean {
    let prevented = false
    const event = { url, isMainFrame, preventDefault: () => (prevented = true) }
    if (isMainFrame) this.emit('will-navigate', event, url)
    this.emit('will-frame-navigate', event)
    return prevented
  }

  #openWindow(url: string): void {
    const action = this.#openHandler?.({ url: toApp(url) }).action ?? 'allow'
    if (action !== 'deny') throw new NotModelled('a second window')
  }

  #crashed(): void {
    this.#leavePage()
    const page = this.#page
    this.#page = null
    void page?.close()
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 133 })
  }

  /** The document is gone, and with it the other ends of its ports. */
  #leavePage(): void {
    this.#world = null
    for (const port of this.#ports.values()) port.peer?.close()
    this.#ports.clear()
  }

  #hear(told: Told): void {
    if (told.type === 'port') return this.#ports.get(told.id)?.peer?.take(told.data)
    if (told.type === 'portClosed') return this.#ports.get(told.id)?.peer?.close()
    this.mainFrame.url = toApp(this.#page?.url() ?? '')
    const reply = (answer: object) => void this.push({ type: 'reply', ...answer })
    receive({ sender: this, senderFrame: this.mainFrame, told, reply })
  }

  tell(channel: string, args: unknown[], ports: MessagePortMain[]): void {
    const portIds = ports.map((port) => {
      const id = ++this.#portCount
      this.#ports.set(id, port)
      return id
    })
    void this.push({ type: 'event', channel, args, portIds })
    for (const [index, port] of ports.entries()) {
      const id = portIds[index]
      port.routeTo(
        (told) => void this.push('closed' in told ? { type: 'portClosed', id } : { type: 'port', id, data: told.data }),
      )
    }
  }

  async push(message: object): Promise<void> {
    const contextId = this.#world
    if (contextId === null || this.#cdp === null) return
    // The page may go while it is told something; that it has gone is an event of its own.
    await this.#cdp
      .send('Runtime.evaluate', { contextId, expression: `doubleTake(${encode(message)})` })
      .catch(() => undefined)
  }

  send(channel: string, ...args: unknown[]): void {
    this.tell(channel, cloneAcross(args), [])
  }

  reload(): void {
    void (this.#page === null ? this.load(this.#asked) : this.#go(() => this.#page?.reload()))
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#openHandler = handler
  }

  getURL(): string {
    return toApp(this.#page?.url() ?? '')
  }

  /** The test's hand: real files from the disk, dropped on the middle of the page. */
  async drop(files: string[]): Promise<void> {
    const list = files.map((path) => [
      `${basename(path)}:${statSync(path).size}:${Math.trunc(statSync(path).mtimeMs)}`,
      path,
    ])
    await this.push({ type: 'paths', list })
    const data = { items: [], files, dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await this.#cdp?.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data })
  }

  async destroy(): Promise<void> {
    this.#leavePage()
    await this.#page?.close().catch(() => undefined)
    this.#page = null
  }
}

type Told =
  | { type: 'port'; id: number; data: unknown }
  | { type: 'portClosed'; id: number }
  | { type: 'send'; channel: string; args: unknown[] }
  | { type: 'invoke'; id: number; channel: string; args: unknown[] }
export type Call = Extract<Told, { channel: string }>

export const makeContents = (preferences: Preferences): { plain: WebContents; given: WebContents } => {
  const plain = new WebContents(preferences)
  return { plain, given: strict('webContents', plain) }
}
