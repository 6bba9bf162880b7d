import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/**
 * Who may talk to the dashboard's server. Everything here is a pure rule over a request's headers; http/server.ts applies them.
 * The server listens on loopback, where every page that the person visits can send requests: so a request must name this server (against
 * DNS rebinding), must come from its own page (against forged requests) and must hold the cookie that the token was exchanged for.
 */

/** 256 bits, for the URL's fragment and for cookies. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A fixed-length digest, so that secrets are compared and looked up without telling how much of them was right. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** `Host` must be this server by one of its own names. A browser leaves the port out when it is 80. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  if (host === undefined) return false
  const names = ['127.0.0.1', 'localhost']
  return names.some((name) => host === `${name}:${port}` || (port === 80 && host === name))
}

/** `Origin` must be the very origin that `Host` names. A missing one is right only where nothing is changed. */
export function isOwnOrigin(headers: Pick<IncomingHttpHeaders, 'host' | 'origin'>, required: boolean): boolean {
  if (headers.origin === undefined) return !required
  return headers.origin === `http://${headers.host}`
}

/**
 * Cookies ignore ports, so another loopback server's page is "same site" here and its requests carry our cookie. Browsers say where a
 * request comes from; tools that are no browsers say nothing.
 */
export function isOwnFetch(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}

export function isJson(headers: IncomingHttpHeaders): boolean {
  return /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')
}

export function cookieOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}
