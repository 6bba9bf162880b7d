import { EventEmitter } from 'node:events'

/**
 * Loaded into a utility process before its entry: `process.parentPort` in the place of Node's own channel (rule 3). A message is an event
 * with data, kept until somebody listens; nothing but clones goes either way (rule 4).
 */
const send = process.send?.bind(process)
const waiting: unknown[] = []
const port = Object.assign(new EventEmitter(), {
  postMessage(data: unknown) {
    const shared = (value: unknown): boolean =>
      value instanceof SharedArrayBuffer ||
      (typeof value === 'object' && value !== null && Object.values(value).some(shared))
    if (shared(data)) throw new TypeError('An object could not be cloned.')
    send?.(structuredClone(data), undefined, undefined, () => undefined)
  },
})
const deliver = (data: unknown): void => {
  if (port.listenerCount('message') === 0) waiting.push(data)
  else port.emit('message', { data, ports: [] })
}
port.on('newListener', (event) => {
  if (event === 'message') queueMicrotask(() => waiting.splice(0).forEach(deliver))
})

// Node's own words for its channel mean nothing to an app in a utility process.
process.on('message', deliver)
process.on('disconnect', () => process.exit(0))
const on = process.on.bind(process)
const listen = (event: string | symbol, listener: (...args: unknown[]) => void) => {
  if (event === 'message') throw new Error('double: a utility process hears of messages by process.parentPort')
  return event === 'disconnect' ? process : on(event, listener)
}
Object.defineProperties(process, {
  parentPort: { value: port, enumerable: true },
  type: { value: 'utility' },
  send: { value: undefined },
  on: { value: listen },
  addListener: { value: listen },
})
