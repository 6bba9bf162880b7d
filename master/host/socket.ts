import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { statSync } from 'node:fs'
import { chmod, rename, rm } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import type { AnyContractRouter } from '@orpc/contract'
import { onError, type Router } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import { hostInfoSchema } from '../../contract/api.ts'
import { isCallersFault } from './callersFault.ts'
import { maxMessageBytes, ServerSocket } from './guardedSocket.ts'
import type { Caller } from './host.ts'

/**
 * The door for other processes of the same person: the contract over WebSocket on a local socket. The socket's folder is the owner's
 * alone, and that is the authentication. Only the holder of the home's lock may listen: it removes what a dead host left.
 */

/** What a client learns before it speaks the contract. Other properties are left out: later versions may say more. */
export const helloSchema = z.object(hostInfoSchema.pick({ protocol: true, version: true, pid: true, mode: true }).shape)
export type Hello = z.infer<typeof helloSchema>

export interface SocketOptions {
  /** `socket` of HomePaths. */
  path: string
  /** An ApiRouter, or one of a part of the contract. */
  router: Router<AnyContractRouter, { caller: Caller }>
  /** What each call from here is given. */
  context: { caller: Caller }
  hello: Hello
  /** Told of what no client can be told: a bug below a procedure, a connection that could not be accepted. The host logs it. */
  onError: (error: unknown) => void
}

export interface SocketServer {
  /** Clients connected at the moment. */
  readonly connections: number
  /** Ends all connections and removes the socket. */
  close(): Promise<void>
}

export async function listenOnSocket(options: SocketOptions): Promise<SocketServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, WebSocket: ServerSocket })
  const tell = (error: unknown) => {
    if (!isCallersFault(error)) options.onError(error)
  }
  const handler = new RPCHandler(options.router, { interceptors: [onError(tell)] })
  const server = createServer((request, response) => answer(request, response, options.hello))
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/rpc') return refuseUpgrade(socket)
    sockets.handleUpgrade(request, socket, head, (client) => {
      // A client that breaks the wire's rules is closed by ws; there is nobody to tell.
      client.on('error', () => client.terminate())
      void handler.upgrade(client, { context: options.context })
    })
  })
  await listen(server, options.path)
  const own = inodeOf(options.path)
  server.on('error', options.onError)
  return {
    get connections() {
      return sockets.clients.size
    },
    close: () => withoutRemoving(options.path, own, () => close(server, sockets)),
  }
}

function answer(request: IncomingMessage, response: ServerResponse, hello: Hello): void {
  const known = request.method === 'GET' && request.url === '/hello'
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
  response.end(known ? JSON.stringify(helloSchema.parse(hello)) : '{}')
}

function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
}

async function listen(server: Server, path: string): Promise<void> {
  if (!isPipe(path)) await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
  if (!isPipe(path)) await chmod(path, 0o600)
}

function isPipe(path: string): boolean {
  return path.startsWith('\\\\')
}

/** Undefined for a pipe, and where there is nothing. */
function inodeOf(path: string): number | undefined {
  return isPipe(path) ? undefined : statSync(path, { throwIfNoEntry: false })?.ino
}

/** A server that closes removes whatever has its socket's name: the next host's, where that one did not wait for the end of this one. */
async function withoutRemoving(path: string, own: number | undefined, act: () => Promise<void>): Promise<void> {
  const now = inodeOf(path)
  if (now === own || now === undefined) return await act()
  const aside = `${path}.${process.pid}`
  await rename(path, aside)
  try {
    await act()
  } finally {
    await rename(aside, path)
  }
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  for (const client of sockets.clients) client.terminate()
  server.closeAllConnections()
  await closed
}
