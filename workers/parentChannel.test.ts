import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { FromWorker } from '../contract/workerMessages.ts'
import { type HostProcess, parentChannel } from './parentChannel.ts'

const line: FromWorker = { type: 'log', level: 'info', line: 'x' }

/** As Electron gives it: an emitter whose messages are events with data. */
class Port extends EventEmitter {
  readonly posted: unknown[] = []
  postMessage(message: unknown): void {
    this.posted.push(message)
  }
}

test('under Electron it speaks over the port of the utility process', async () => {
  const port = new Port()
  const host: HostProcess = Object.assign(new EventEmitter() as typeof process, { parentPort: port })
  const channel = parentChannel(host)
  const heard: unknown[] = []
  channel.onMessage((message) => heard.push(message))
  channel.onGone(() => heard.push('gone'))
  channel.post(line)
  await channel.flushed()
  port.emit('message', { data: { type: 'quit' }, ports: [] })
  port.emit('close')
  expect(port.posted).toEqual([line])
  expect(heard).toEqual([{ type: 'quit' }, 'gone'])
})

test('what was posted over a fork counts as flushed when it has left, or when the host is gone', async () => {
  const callbacks: (() => void)[] = []
  const emitter = new EventEmitter()
  const send = (...sent: unknown[]) => callbacks.push(sent[3] as () => void) > 0
  const channel = parentChannel(Object.assign(emitter as typeof process, { send }))
  let flushes = 0
  const flush = async () => {
    await channel.flushed()
    flushes += 1
  }
  channel.post(line)
  const left = flush()
  await Promise.resolve()
  expect(flushes).toBe(0)
  callbacks[0]?.()
  await left
  channel.post(line)
  const abandoned = flush()
  emitter.emit('disconnect')
  await abandoned
  channel.post(line)
  expect(callbacks).toHaveLength(2)
})

test('a worker that nobody started refuses to run', () => {
  expect(() => parentChannel(new EventEmitter() as typeof process)).toThrow('started by a host')
})
