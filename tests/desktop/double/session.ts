import { afterReady, beforeReady } from './lifecycle.ts'
import { NotModelled, strict } from './strict.ts'

/**
 * `protocol` and `session`: a page under `app://host/` is shown to Chromium as `https://host.app.invalid/` and answered by the app's own
 * handler. A page is refused everything only if the app has said so: without handlers Electron grants every permission.
 */
type Handler = (request: Request) => Promise<Response>
const handlers = new Map<string, Handler>()
const privileged = new Set<string>()
const guards: {
  request: ((contents: null, permission: string, answer: (granted: boolean) => void) => void) | null
  check: (() => boolean) | null
  device: (() => boolean) | null
  before: ((details: { url: string }, answer: (answer: { cancel?: boolean }) => void) => void) | null
} = { request: null, check: null, device: null, before: null }

export const toWeb = (url: string): string => url.replace(/^app:\/\/([^/]+)/, 'https://$1.app.invalid')
export const toApp = (url: string): string => url.replace(/^https:\/\/([^/]+)\.app\.invalid/, 'app://$1')

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(schemes: { scheme: string }[]) {
    beforeReady('protocol.registerSchemesAsPrivileged')
    for (const { scheme } of schemes) privileged.add(scheme)
  },
  handle(scheme: string, handler: Handler) {
    afterReady('protocol.handle')
    if (!privileged.has(scheme)) throw new Error(`double: ${scheme} has not been registered as privileged`)
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    handlers.set(scheme, handler)
  },
})

const defaultSession = strict('session.defaultSession', {
  setPermissionRequestHandler: (handler: typeof guards.request) => void (guards.request = handler),
  setPermissionCheckHandler: (handler: typeof guards.check) => void (guards.check = handler),
  setDevicePermissionHandler: (handler: typeof guards.device) => void (guards.device = handler),
  webRequest: strict('webRequest', {
    onBeforeRequest: (handler: typeof guards.before) => void (guards.before = handler),
  }),
})
export const session = strict('session', {
  get defaultSession() {
    afterReady('session.defaultSession')
    return defaultSession
  },
})

/** Of these permissions, those that the app would grant. */
export function permissionsOf(names: string[]): string[] {
  if (guards.request === null || guards.check === null || guards.device === null)
    throw new Error('double: without permission handlers Electron grants everything')
  return names.filter((name) => {
    let granted = false
    guards.request?.(null, name, (answer) => (granted = answer))
    return granted || guards.check?.() === true
  })
}

export function requestAllowed(url: string): boolean {
  let allowed = true
  guards.before?.({ url }, (answer) => (allowed = answer.cancel !== true))
  return allowed
}

export async function respond(
  url: string,
  method: string,
): Promise<{ status: number; headers: Record<string, string>; body: Buffer } | null> {
  const handler = handlers.get(new URL(url).protocol.slice(0, -1))
  if (handler === undefined) return null
  const response = await handler(new Request(url, { method }))
  if (response.redirected) throw new NotModelled('a redirect')
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  }
}
