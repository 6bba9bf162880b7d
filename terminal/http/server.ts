import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import type { ApiClient, Caller, Uploads } from '../../master/host/host.ts'
import { listStaticFiles, securityHeaders, withNonce, type StaticFile } from '../../master/host/page.ts'
import { answer, answerJson, refuseRequest, type Exchange } from './answer.ts'
import { artifactNamed, sendArtifact } from './artifactRoute.ts'
import { answerSockets, makeSocketServer, type AnswerRouter } from './rpcSocket.ts'
import { cookieOf, isJson, isOwnFetch, isOwnHost, isOwnOrigin, makeSecret } from './security.ts'
import { exchangeToken } from './sessionRoute.ts'
import { makeSessions, type Sessions } from './sessions.ts'
import { receiveUpload } from './uploadRoute.ts'

/**
 * The dashboard in a browser: static files, the API over a WebSocket, uploads and downloads, on 127.0.0.1 only.
 * It decides who may ask (security.ts has the rules); what is answered is the host's.
 */
export interface DashboardOptions {
  /** 0 takes any free port. */
  port: number
  /** The folder of the built dashboard. */
  renderer: string
  host: {
    router: AnswerRouter
    client(caller: Caller): { jobs: Pick<ApiClient['jobs'], 'get'> }
    uploads: Uploads
  }
  /** A line for the log: what went wrong while answering. */
  log: (line: string) => void
  limits?: Partial<Limits>
}

export interface Limits {
  connections: number
  headerBytes: number
  /** For a request's headers, from its first byte. */
  headersMs: number
  /** Without a byte in either direction. */
  silenceMs: number
  messageBytes: number
  uploadBytes: number
}

const usualLimits: Limits = {
  connections: 64,
  headerBytes: 16 * 1024,
  headersMs: 10_000,
  silenceMs: 60_000,
  messageBytes: 16 * 1024 * 1024,
  uploadBytes: 256 * 1024 ** 3,
}

export interface Dashboard {
  readonly port: number
  /** An address with a token of its own in its fragment, which lets one browser in, once. */
  invite(): string
  /** Pages that are connected. */
  readonly pages: number
  close(): Promise<void>
}

interface Site {
  options: DashboardOptions
  limits: Limits
  files: ReadonlyMap<string, StaticFile>
  sessions: Sessions
  server: Server
  sockets: WebSocketServer
}

const portOf = (site: Site) => (site.server.address() as AddressInfo).port
const cookieName = (site: Site) => `gristmill-${portOf(site)}`

/** Why a request is refused before anything else is looked at; undefined when it may go on. */
function refusalOf(site: Site, request: IncomingMessage): string | undefined {
  const hosts = request.headersDistinct['host'] ?? []
  if (hosts.length !== 1 || !isOwnHost(hosts[0], portOf(site))) return 'this server answers only to its own name'
  const changes = request.method !== 'GET' && request.method !== 'HEAD'
  if (!isOwnOrigin(request.headers, changes || request.headers.upgrade !== undefined))
    return 'only the dashboard itself may ask this'
  if (request.url?.startsWith('/api/') === true && !isOwnFetch(request.headers))
    return 'only the dashboard itself may ask this'
  return undefined
}

const hasSession = (site: Site, request: IncomingMessage) =>
  site.sessions.knows(cookieOf(request.headers, cookieName(site)))

async function sendStatic(site: Site, exchange: Exchange): Promise<void> {
  const file = site.files.get(exchange.path)
  if (!file) return refuseRequest(exchange, 404, 'nothing here')
  const isPage = file.mediaType.startsWith('text/html')
  const nonce = makeSecret()
  const content = await file.read()
  answer(exchange, 200, {
    headers: {
      ...securityHeaders(nonce),
      'content-type': file.mediaType,
      ...(file.immutable ? { 'cache-control': 'public, max-age=31536000, immutable' } : {}),
    },
    body: isPage ? withNonce(content, nonce) : content,
  })
}

async function answerApi(site: Site, exchange: Exchange): Promise<void> {
  const { request, path } = exchange
  const asked = `${request.method} ${path}`
  if (asked === 'POST /api/session') return exchangeToken(exchange, site.sessions, cookieName(site))
  if (request.method === 'POST' && !isJson(request.headers))
    return refuseRequest(exchange, 415, 'send application/json')
  if (!hasSession(site, request)) return refuseRequest(exchange, 401, 'open the link that `gristmill serve` printed')
  if (asked === 'GET /api/session') return answerJson(exchange, 200, { ok: true })
  const { host } = site.options
  if (asked === 'PUT /api/uploads') return receiveUpload(exchange, host.uploads, site.limits.uploadBytes)
  const artifact = request.method === 'GET' || request.method === 'HEAD' ? artifactNamed(path) : undefined
  // Where it lies is for this server to know and no page to be told.
  if (artifact) return sendArtifact(exchange, host.client({ trust: 'person' }), artifact)
  refuseRequest(exchange, 404, 'nothing here')
}

async function answerRequest(site: Site, exchange: Exchange): Promise<void> {
  const refusal = refusalOf(site, exchange.request)
  if (refusal !== undefined) return refuseRequest(exchange, 403, refusal)
  if (exchange.path.startsWith('/api/')) return answerApi(site, exchange)
  if (exchange.request.method !== 'GET' && exchange.request.method !== 'HEAD')
    return refuseRequest(exchange, 405, 'only GET here')
  return sendStatic(site, exchange)
}

/** A request that goes wrong costs its own connection, never the host. */
async function onRequest(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '/', search = ''] = (request.url ?? '/').split('?', 2)
  const exchange = { request, response, path, query: new URLSearchParams(search) }
  try {
    await answerRequest(site, exchange)
  } catch (error) {
    if (request.destroyed || response.destroyed) return
    site.options.log(`${request.method} ${path}: ${error instanceof Error ? error.stack : String(error)}`)
    if (response.headersSent) response.destroy()
    else refuseRequest(exchange, 500, 'this went wrong; see the log')
  }
}

function onUpgrade(site: Site, request: IncomingMessage, { socket, head }: { socket: Duplex; head: Buffer }): void {
  socket.on('error', () => socket.destroy())
  const status = refusalOf(site, request) !== undefined ? '403 Forbidden' : upgradeStatus(site, request)
  if (status !== undefined)
    return void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  site.sockets.handleUpgrade(request, socket, head, (page) => site.sockets.emit('connection', page, request))
}

function upgradeStatus(site: Site, request: IncomingMessage): string | undefined {
  if (request.url !== '/api/rpc') return '404 Not Found'
  return hasSession(site, request) ? undefined : '401 Unauthorized'
}

async function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve)
  await promise
  server.off('error', reject)
}

async function closeSite({ server, sockets }: Site): Promise<void> {
  for (const page of sockets.clients) page.terminate()
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  await promise
}

export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const limits = { ...usualLimits, ...options.limits }
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    // An upload may take as long as it takes; a silent one is ended by `timeout`.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
  })
  server.timeout = limits.silenceMs
  server.maxConnections = limits.connections
  const sockets = makeSocketServer(limits.messageBytes)
  answerSockets(sockets, options.host.router, options.log)
  const files = await listStaticFiles(options.renderer)
  const site: Site = { options, limits, files, sessions: makeSessions(), server, sockets }
  server.on('request', (request, response) => void onRequest(site, request, response))
  server.on('upgrade', (request, socket, head) => onUpgrade(site, request, { socket, head }))
  await listen(server, options.port)
  return {
    port: portOf(site),
    invite: () => `http://127.0.0.1:${portOf(site)}/#${site.sessions.invite()}`,
    get pages() {
      return sockets.clients.size
    },
    close: () => closeSite(site),
  }
}
