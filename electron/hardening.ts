import type { WebPreferences } from 'electron'

/**
 * What no page may do, whatever it holds: gain a permission, load from elsewhere, navigate away, open windows or embed others. Electron's
 * own answer to most of these is yes.
 */

const schemes = new Set(['app:', 'devtools:', 'blob:', 'data:'])

/** True for what the dashboard itself consists of; a development server only when it is named. */
export function mayLoad(url: string, devServer: string | null): boolean {
  const { protocol, host } = new URL(url)
  if (schemes.has(protocol)) return true
  return devServer !== null && host === new URL(devServer).host
}

/** A page's process has a sandbox and nothing of Node; its preload a world of its own. */
export function lockedPreferences(preload: string, devTools: boolean): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    spellcheck: false,
    devTools,
  }
}

/** What is asked of Electron's `session`. */
interface GuardedSession {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, answer: (granted: boolean) => void) => void,
  ): void
  setPermissionCheckHandler(handler: () => boolean): void
  setDevicePermissionHandler(handler: () => boolean): void
  webRequest: {
    onBeforeRequest(listener: (details: { url: string }, answer: (response: { cancel: boolean }) => void) => void): void
  }
}

/** And of the contents of each window. */
interface GuardedContents {
  on(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect',
    listener: (event: { url: string; preventDefault(): void }) => void,
  ): unknown
  on(event: 'will-attach-webview', listener: (event: { preventDefault(): void }) => void): unknown
  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void
}

interface GuardedApp {
  on(event: 'web-contents-created', listener: (event: unknown, contents: GuardedContents) => void): unknown
}

export function hardenSession(session: GuardedSession, devServer: string | null): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayLoad(details.url, devServer) }))
}

/** On every page that the app ever has. `log` gets a line for each thing refused. */
export function hardenContents(app: GuardedApp, ownOrigin: string, log: (line: string) => void): void {
  app.on('web-contents-created', (_event, contents) => hardenOne(contents, ownOrigin, log))
}

function hardenOne(contents: GuardedContents, ownOrigin: string, log: (line: string) => void): void {
  const keepHome = (event: { url: string; preventDefault(): void }) => {
    if (isOwn(event.url, ownOrigin)) return
    event.preventDefault()
    log(`a page was kept from going to ${event.url.slice(0, 200)}`)
  }
  contents.on('will-navigate', keepHome)
  contents.on('will-frame-navigate', keepHome)
  contents.on('will-redirect', keepHome)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    log(`a page was kept from opening ${url.slice(0, 200)}`)
    return { action: 'deny' }
  })
}

/** `origin` of a URL of a scheme of one's own is `null` in Node: compared by its parts. */
export function isOwn(url: string, ownOrigin: string): boolean {
  if (!URL.canParse(url)) return false
  const [asked, own] = [new URL(url), new URL(ownOrigin)]
  return asked.protocol === own.protocol && asked.host === own.host
}
