import { EventEmitter } from 'node:events'
import { cloneAcross, NotModelled } from './strict.ts'

/** MessageChannelMain and its ports. A port that is transferred away becomes a route to where it went. */
export type Route = (told: { data: unknown } | { closed: true }) => void

export class MessagePortMain extends EventEmitter {
  peer: MessagePortMain | null = null
  #route: Route | null = null
  #started = false
  #closed = false
  #waiting: unknown[] = []

  postMessage(data: unknown, transfer: unknown[] = []): void {
    if (transfer.length > 0) throw new NotModelled('transferring over a port')
    const copy = cloneAcross(data)
    if (!this.#closed) this.peer?.take(copy)
  }

  take(data: unknown): void {
    if (this.#closed) return
    if (this.#route !== null) this.#route({ data })
    else if (this.#started) setImmediate(() => this.emit('message', { data, ports: [] }))
    else this.#waiting.push(data)
  }

  start(): void {
    this.#started = true
    for (const data of this.#waiting.splice(0)) this.take(data)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#route?.({ closed: true })
    setImmediate(() => this.emit('close'))
    this.peer?.close()
  }

  /** It has been transferred: what comes for it goes there. */
  routeTo(route: Route): void {
    if (this.#route !== null || this.#started || this.#closed)
      throw new TypeError('Port at index 0 is already neutered')
    this.#route = route
    for (const data of this.#waiting.splice(0)) route({ data })
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()
  constructor() {
    this.port1.peer = this.port2
    this.port2.peer = this.port1
  }
}

/** Only ports may be transferred; Electron throws for anything else. */
export function requirePorts(transfer: readonly unknown[]): MessagePortMain[] {
  return transfer.map((port) => {
    if (!(port instanceof MessagePortMain)) throw new TypeError('Invalid value for transfer')
    return port
  })
}
