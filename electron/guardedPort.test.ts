import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { implement } from '@orpc/server'
import * as fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { api, protocolVersion, type HostInfo } from '../contract/api.ts'
import type { ApiClient, Caller } from '../master/host/host.ts'
import { fuzzRuns } from '../tests/harness/fuzzRuns.ts'
import { garbage } from '../tests/harness/garbage.ts'
import { answerPort } from './guardedPort.ts'

const info: HostInfo = {
  version: '1',
  protocol: protocolVersion,
  pid: 1,
  mode: 'desktop',
  home: '/h',
  cores: 2,
  roots: [],
}
const callers: Caller[] = []
const os = implement(api).$context<{ caller: Caller }>()
const answer = os.host.info.handler(({ context }) => {
  callers.push(context.caller)
  return info
})
const router = { host: { info: answer } }

const ports: MessagePort[] = []
afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

/** As Electron gives it: events with data. */
function mainSide(port: MessagePort) {
  return {
    postMessage: (data: unknown) => port.postMessage(data),
    start: () => port.start(),
    close: () => port.close(),
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      port.on(event, (data: unknown) => listener({ data })),
  }
}

function connect() {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  const cutOff: number[] = []
  const answered = answerPort(mainSide(port1), router, (dropped) => cutOff.push(dropped))
  const client = createORPCClient<ApiClient>(new RPCLink({ port: port2 }))
  port2.start()
  return { page: port2, answered, client, cutOff }
}

test('a page is answered, and trusted with nothing that it was not given', async () => {
  expect(await connect().client.host.info()).toEqual(info)
  expect(callers.at(-1)).toEqual({ trust: 'page' })
})

test('messages that are no envelopes are counted, and the next good one is answered', async () => {
  const { page, answered, client } = connect()
  const bad = [
    '',
    'x',
    '{}',
    '[]',
    1,
    null,
    new Uint8Array(9),
    { i: '1', p: { u: '/host/info' } },
    'x'.repeat(17_000_000),
  ]
  for (const message of bad) page.postMessage(message)
  expect(await client.host.info()).toEqual(info)
  expect(answered.droppedMessages).toBe(bad.length)
})

test(
  'a page may send anything at all: others are answered all the same',
  { timeout: 5000 + 20 * fuzzRuns },
  async () => {
    const good = connect()
    let bad = connect()
    await fc.assert(
      fc.asyncProperty(garbage, async (message) => {
        // Cut off after a hundred that are not of the protocol.
        if (bad.cutOff.length > 0) bad = connect()
        bad.page.postMessage(message)
        expect(await good.client.host.info()).toEqual(info)
      }),
      { numRuns: fuzzRuns },
    )
  },
)

test('a page that speaks another language is cut off', async () => {
  const { page, cutOff } = connect()
  const closed = new Promise<void>((resolve) => void page.on('close', () => resolve()))
  for (const noise of Array.from({ length: 150 }, () => 'noise')) page.postMessage(noise)
  await closed
  expect(cutOff).toEqual([100])
})
