import type { AnyContractRouter } from '@orpc/contract'
import { onError, type Router } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer, type WebSocket } from 'ws'
import { ServerSocket } from '../../master/host/guardedSocket.ts'
import { isCallersFault } from '../../master/host/callersFault.ts'
import type { Caller } from '../../master/host/host.ts'

/** A page that reads slower than it is told things is cut off at this much unsent; it reconnects and gets the whole again. */
const mostUnsentBytes = 64 * 1024 * 1024
const tryAgainLater = 1013

/** An ApiRouter, or one of a part of the contract. */
export type AnswerRouter = Router<AnyContractRouter, { caller: Caller }>

/** The ear of an upgraded connection: well-formed messages only (the guard), of a bounded size. */
export function makeSocketServer(mostBytes: number): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: mostBytes,
    perMessageDeflate: false,
    WebSocket: ServerSocket,
  })
}

/** Answers the contract over one WebSocket. A page is trusted with nothing that it was not given. */
export function answerSockets(sockets: WebSocketServer, router: AnswerRouter, log: (line: string) => void): void {
  const tell = (error: unknown) => {
    if (!isCallersFault(error)) log(`a call failed: ${error instanceof Error ? error.stack : String(error)}`)
  }
  const handler = new RPCHandler<{ caller: Caller }>(router, { interceptors: [onError(tell)] })
  sockets.on('connection', (socket) => {
    // A page that breaks the wire's rules is closed by ws; there is nobody to tell.
    socket.on('error', () => socket.terminate())
    void handler.upgrade(boundedSocket(socket), { context: { caller: { trust: 'page' } } })
  })
}

function boundedSocket(socket: WebSocket): Pick<WebSocket, 'addEventListener' | 'send'> {
  return {
    addEventListener: socket.addEventListener.bind(socket),
    send(data: Parameters<WebSocket['send']>[0]) {
      if (socket.bufferedAmount > mostUnsentBytes) socket.close(tryAgainLater, 'too slow')
      else socket.send(data)
    },
  }
}
