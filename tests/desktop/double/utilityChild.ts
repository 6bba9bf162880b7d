import { EventEmitter } from 'node:events'
import { cloneAcross } from './strict.ts'

/**
 * Loaded into a utility process before its entry: `process.parentPort` in the place of Node's own channel (rule 3). A message is an event
 * with data, which Node keeps until somebody listens.
 */
const send = process.send?.bind(process)
const on = process.on.bind(process)
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (data: unknown) => void send?.(cloneAcross(data), undefined, undefined, () => undefined),
})
parentPort.once('newListener', () => on('message', (data) => parentPort.emit('message', { data, ports: [] })))
on('disconnect', () => process.exit(0))

// Node's own words for its channel mean nothing to an app in a utility process.
const listen = (event: string, listener: (...args: unknown[]) => void) => {
  if (event === 'message') throw new Error('double: a utility process hears of messages by process.parentPort')
  return event === 'disconnect' ? process : on(event, listener)
}
for (const [name, value] of Object.entries({ parentPort, send: undefined, on: listen, addListener: listen }))
  Object.defineProperty(process, name, { value })
