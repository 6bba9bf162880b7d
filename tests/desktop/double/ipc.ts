import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { cloneAcross, Emitter, notModelled, strict } from './strict.ts'

/** `ipcMain`, and channels whose ports can be transferred to a page. */
type Handler = (event: object, ...args: unknown[]) => unknown
const handlers = new Map<string, Handler>()
const keep = (channel: string, handler: Handler): void => {
  if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
  handlers.set(channel, handler)
}
export const ipcMain = strict('ipcMain', {
  handle: (channel: string, handler: Handler) => keep(`invoke ${channel}`, handler),
  on: (channel: string, handler: Handler) => keep(`send ${channel}`, handler),
})

/** What a preload has sent; with an id, what it has asked. */
export interface Call {
  channel: string
  args: unknown[]
  id?: number
}

export async function receive(event: object, { channel, args, id }: Call, reply: (answer: object) => void) {
  const handler = handlers.get(`${id === undefined ? 'send' : 'invoke'} ${channel}`)
  if (id === undefined) return handler?.(event, ...args)
  try {
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    reply({ type: 'reply', id, value: cloneAcross(await handler(event, ...args)) })
  } catch (error) {
    reply({ type: 'reply', id, error: `Error invoking remote method '${channel}': ${String(error)}` })
  }
  return undefined
}

/** Node's own port behind each of ours, until it is transferred away. */
const owned = new WeakMap<object, MessagePort>()
function ownOf(port: unknown): MessagePort {
  const own = owned.get(port as object)
  if (own === undefined) throw new TypeError('Invalid value for transfer')
  return own
}
/** Out of the app's hands; Electron throws for anything but ports. */
export function takePort(port: unknown): MessagePort {
  const own = ownOf(port)
  owned.delete(port as object)
  return own
}

class MessagePortMain extends Emitter {
  constructor(port: MessagePort) {
    super('message close')
    owned.set(this, port)
    port.on('close', () => this.emit('close'))
  }
  start = () => void ownOf(this).on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
  close = () => ownOf(this).close()
  postMessage(data: unknown, transfer: unknown[] = []): void {
    if (transfer.length > 0) throw notModelled('transferring over a port')
    ownOf(this).postMessage(cloneAcross(data))
  }
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
