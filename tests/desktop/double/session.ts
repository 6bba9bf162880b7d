import { afterReady, beforeReady } from './app.ts'
import { NotModelled, strict } from './strict.ts'

/**
 * `protocol` and `session`: a page under `app://host/` is shown to Chromium as `https://host.app.invalid/` and answered by the app's own
 * handler. A page is refused everything only if the app has said so: without handlers Electron grants every permission.
 */
export const toWeb = (url: string): string => url.replace(/^app:\/\/([^/]+)/, 'https://$1.app.invalid')
export const toApp = (url: string): string => url.replace(/^https:\/\/([^/]+)\.app\.invalid/, 'app://$1')

type Handler = (request: Request) => Promise<Response>
const schemes = new Map<string, Handler | null>()
export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(list: { scheme: string }[]) {
    beforeReady('protocol.registerSchemesAsPrivileged')
    for (const { scheme } of list) schemes.set(scheme, null)
  },
  handle(scheme: string, handler: Handler) {
    afterReady('protocol.handle')
    if (schemes.get(scheme) !== null) throw new Error(`double: ${scheme} is handled, or not registered as privileged`)
    schemes.set(scheme, handler)
  },
})

interface Guards {
  ask?: (contents: null, permission: string, answer: (granted: boolean) => void) => void
  check?: () => boolean
  device?: () => boolean
  request?: (details: { url: string }, answer: (answer: { cancel?: boolean }) => void) => void
}
const guards: Guards = {}
const defaultSession = strict('session.defaultSession', {
  setPermissionRequestHandler: (ask: NonNullable<Guards['ask']>) => void (guards.ask = ask),
  setPermissionCheckHandler: (check: () => boolean) => void (guards.check = check),
  setDevicePermissionHandler: (device: () => boolean) => void (guards.device = device),
  webRequest: strict('webRequest', {
    onBeforeRequest: (request: NonNullable<Guards['request']>) => void (guards.request = request),
  }),
})
export const session = strict('session', {
  get defaultSession() {
    afterReady('session.defaultSession')
    return defaultSession
  },
})

/** Of these permissions, those that the app would grant. */
export function grantedOf(permissions: string[]): string[] {
  const { ask, check, device } = guards
  if (ask === undefined || check === undefined || device === undefined)
    throw new Error('double: without permission handlers Electron grants everything')
  return permissions.filter((name) => {
    let granted = check()
    ask(null, name, (answer) => (granted ||= answer))
    return granted
  })
}

/** The app's own answer; null when the app cancels the request, or handles no such scheme. */
export async function respond(url: string, method: string) {
  let cancelled = false
  guards.request?.({ url }, ({ cancel = false }) => (cancelled = cancel))
  const handler = schemes.get(new URL(url).protocol.slice(0, -1)) ?? null
  if (cancelled || handler === null) return null
  const response = await handler(new Request(url, { method }))
  if (response.redirected) throw new NotModelled('a redirect')
  const body = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: Object.fromEntries(response.headers), body }
}
