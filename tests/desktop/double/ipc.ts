import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { cloneAcross, Emitter, NotModelled, strict } from './strict.ts'

/** `ipcMain`, and channels whose ports can be transferred to a page. */
type Handler = (event: object, ...args: unknown[]) => unknown
const handlers = new Map<string, Handler>()
const listeners = new Map<string, Handler>()
const keepIn = (map: Map<string, Handler>) => (channel: string, handler: Handler) => {
  if (map.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
  map.set(channel, handler)
}
export const ipcMain = strict('ipcMain', { handle: keepIn(handlers), on: keepIn(listeners) })

/** What a preload has sent; with an id, what it has asked. */
export interface Call {
  channel: string
  args: unknown[]
  id?: number
}

/** Gives what the page is to be told, when it asked. */
export async function receive(event: object, { channel, args, id }: Call): Promise<object | null> {
  if (id === undefined) return (listeners.get(channel)?.(event, ...args), null)
  try {
    const handler = handlers.get(channel)
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    return { type: 'reply', id, value: cloneAcross(await handler(event, ...args)) }
  } catch (error) {
    return { type: 'reply', id, error: `Error invoking remote method '${channel}': ${String(error)}` }
  }
}

/** Node's own port behind each of ours, until it is transferred away. */
const owned = new WeakMap<object, MessagePort>()

/** Out of the app's hands; Electron throws for anything but ports. */
export function takePort(port: unknown): MessagePort {
  const own = owned.get(port as object)
  if (own === undefined) throw new TypeError('Invalid value for transfer')
  owned.delete(port as object)
  return own
}

class MessagePortMain extends Emitter {
  constructor(port: MessagePort) {
    super('message close')
    owned.set(this, port)
    port.on('close', () => this.emit('close'))
  }
  get #own(): MessagePort {
    const port = owned.get(this)
    if (port === undefined) throw new TypeError('the port has been transferred')
    return port
  }
  postMessage(data: unknown, transfer: unknown[] = []): void {
    if (transfer.length > 0) throw new NotModelled('transferring over a port')
    this.#own.postMessage(cloneAcross(data))
  }
  start = () => void this.#own.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
  close = () => this.#own.close()
}

export class MessageChannelMain {
  readonly port1: MessagePortMain
  readonly port2: MessagePortMain
  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new MessagePortMain(port1)
    this.port2 = new MessagePortMain(port2)
  }
}
