import { EventEmitter } from 'node:events'
import { cloneAcross } from './strict.ts'

/**
 * Loaded into a utility process before its entry: `process.parentPort` in the place of Node's own channel (rule 3). A message is an event
 * with data, kept until somebody listens.
 */
const send = process.send?.bind(process)
const waiting: unknown[] = []
const port = Object.assign(new EventEmitter(), {
  postMessage: (data: unknown) => void send?.(cloneAcross(data), undefined, undefined, () => undefined),
})
const deliver = (data: unknown): void => {
  if (!port.emit('message', { data, ports: [] })) waiting.push(data)
}
port.on('newListener', () => queueMicrotask(() => waiting.splice(0).forEach(deliver)))

// Node's own words for its channel mean nothing to an app in a utility process.
process.on('message', deliver)
process.on('disconnect', () => process.exit(0))
const on = process.on.bind(process)
const listen = (event: string, listener: (...args: unknown[]) => void) => {
  if (event === 'message') throw new Error('double: a utility process hears of messages by process.parentPort')
  return event === 'disconnect' ? process : on(event, listener)
}
const channel = { parentPort: port, type: 'utility', send: undefined, on: listen, addListener: listen }
for (const [name, value] of Object.entries(channel)) Object.defineProperty(process, name, { value })
