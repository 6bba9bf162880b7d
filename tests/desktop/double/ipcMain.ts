import { EventEmitter } from 'node:events'
import type { Call } from './contents.ts'
import { cloneAcross, strict } from './strict.ts'

/** `ipcMain`: what a page's preload sends, with the frame that it came from. */
type Handler = (event: object, ...args: unknown[]) => unknown
const handlers = new Map<string, Handler>()
const listeners = new EventEmitter()

export const ipcMain = strict('ipcMain', {
  handle(channel: string, handler: Handler) {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    handlers.set(channel, handler)
  },
  on: (channel: string, listener: Handler) => void listeners.on(channel, listener),
})

interface Received {
  sender: object
  senderFrame: object
  told: Call
  reply: (answer: object) => void
}

export function receive({ sender, senderFrame, told, reply }: Received): void {
  const event = { sender, senderFrame, ports: [] }
  if (told.type === 'send') return void listeners.emit(told.channel, event, ...told.args)
  const { id, channel, args } = told
  const answer = async () => {
    const handler = handlers.get(channel)
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    return cloneAcross(await handler(event, ...args))
  }
  answer().then(
    (value) => reply({ id, value: value ?? null }),
    (error: unknown) => reply({ id, error: String(error) }),
  )
}
