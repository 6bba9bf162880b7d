import type { MessagePortMain } from 'electron'
import type { AnyContractRouter } from '@orpc/contract'
import { onError, type Router } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { isCallersFault } from '../master/host/callersFault.ts'
import type { Caller } from '../master/host/host.ts'
import { isEnvelope } from '../master/host/messageGuard.ts'

/**
 * Answers the contract over the port of one window. Between the port and oRPC stands the guard: a message that is no envelope, or too
 * large, is dropped and counted, and a page that sends many is cut off.
 */
export interface AnsweredPort {
  readonly droppedMessages: number
  close(): void
}

/** An ApiRouter, or one of a part of the contract. */
export type AnswerRouter = Router<AnyContractRouter, { caller: Caller }>

const maxMessageBytes = 16 * 1024 * 1024
const maxDropped = 100

type PortLike = Pick<MessagePortMain, 'postMessage' | 'start' | 'close'> & {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
}

export interface AnswerParts {
  /** Gets a line when the page is cut off, and for each bug below a call, of which the page learns only that there was one. */
  log: (line: string) => void
  /** Asks the person about what only the person may start. */
  confirm?: Caller['confirm']
}

export function answerPort(port: PortLike, router: AnswerRouter, { log, confirm }: AnswerParts): AnsweredPort {
  const tell = (error: unknown) => {
    if (!isCallersFault(error)) log(`a call failed: ${error instanceof Error ? error.stack : String(error)}`)
  }
  const handler = new RPCHandler<{ caller: Caller }>(router, { interceptors: [onError(tell)] })
  let dropped = 0
  const hear = (listener: (event: { data: string }) => void) =>
    port.on('message', ({ data }) => {
      if (isOurs(data)) return listener({ data })
      dropped += 1
      if (dropped !== maxDropped) return
      port.close()
      log(`the page was cut off after ${dropped} malformed messages`)
    })
  handler.upgrade(
    {
      on: (event, callback) => void (event === 'message' ? hear(callback) : port.on('close', () => callback())),
      postMessage: (data: unknown) => port.postMessage(data),
    },
    { context: { caller: { trust: 'page', ...(confirm === undefined ? {} : { confirm }) } } },
  )
  port.start()
  return {
    get droppedMessages() {
      return dropped
    },
    close: () => port.close(),
  }
}

function isOurs(data: unknown): data is string {
  return typeof data === 'string' && data.length <= maxMessageBytes && isEnvelope('server', data)
}
