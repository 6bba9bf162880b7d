import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { implement } from '@orpc/server'
import * as fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { api, protocolVersion, type HostInfo } from '../contract/api.ts'
import { garbageText } from '../master/host/fixtures/garbage.ts'
import { smallRouter } from '../master/host/fixtures/smallHost.ts'
import type { ApiClient, Caller } from '../master/host/host.ts'
import { fuzzRuns } from '../tests/harness/fuzzRuns.ts'
import { isEnvelope } from '../master/host/messageGuard.ts'
import { answerPort, type AnswerRouter } from './guardedPort.ts'

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

function connect(answering: AnswerRouter = router) {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  const logged: string[] = []
  const answered = answerPort(mainSide(port1), answering, { log: (line) => logged.push(line) })
  const client = createORPCClient<ApiClient>(new RPCLink({ port: port2 }))
  port2.start()
  return { page: port2, answered, client, logged }
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

test('a page that speaks another language is cut off', async () => {
  const { page, logged } = connect()
  const closed = new Promise<void>((resolve) => void page.on('close', () => resolve()))
  for (const noise of Array.from({ length: 150 }, () => 'noise')) page.postMessage(noise)
  await closed
  expect(logged).toEqual(['the page was cut off after 100 malformed messages'])
})

test('a bug below a call is told to the log, and to the page only that there was one', async () => {
  const { client, logged } = connect(smallRouter)
  await expect(client.jobs.pause({ job: 'x' })).rejects.toThrow('Internal server error')
  expect(logged).toEqual([expect.stringMatching(/^a call failed: Bug: paused by a bug\n/)])
  expect(await client.kinds.list()).toEqual([])
  expect(logged).toHaveLength(1)
})

/** What a structured clone can carry. */
const garbage = fc.oneof(
  { weight: 6, arbitrary: garbageText },
  {
    weight: 2,
    arbitrary: fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
  },
  { weight: 1, arbitrary: fc.constantFrom('{"i":"1","p":{"u":"/host/info"}}').map((text) => ({ data: text })) },
)

test(
  'a host whose page sends anything at all goes on answering, and counts what is not of the contract',
  { timeout: 60_000 + 40 * fuzzRuns },
  async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown) => void rejections.push(reason)
    process.on('unhandledRejection', note)
    const other = connect(smallRouter)
    let own = connect(smallRouter)
    let dropped = 0
    await fc.assert(
      fc.asyncProperty(garbage, async (message) => {
        // A page that is about to be cut off is one that comes anew.
        if (own.answered.droppedMessages === 99) {
          own = connect(smallRouter)
          dropped = 0
        }
        if (!(typeof message === 'string' && isEnvelope('server', message))) dropped += 1
        own.page.postMessage(message)
        expect(await own.client.kinds.list()).toEqual([])
        expect(own.answered.droppedMessages).toBe(dropped)
        expect(await other.client.kinds.list()).toEqual([])
      }),
      { numRuns: 2 * fuzzRuns },
    )
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
    expect(other.answered.droppedMessages).toBe(0)
    expect(Object.hasOwn(Object.prototype, 'json')).toBe(false)
  },
)

test('a text beyond the limit is counted and not looked at, whatever it says', async () => {
  const { page, answered, client } = connect()
  const envelope = (note: string) => JSON.stringify({ i: '7', p: { u: '/host/info', b: { json: note } } })
  const atLimit = envelope('x'.repeat(16 * 1024 * 1024 - envelope('').length))
  expect(atLimit).toHaveLength(16 * 1024 * 1024)
  page.postMessage(atLimit)
  await client.host.info()
  expect(answered.droppedMessages).toBe(0)
  page.postMessage(`${atLimit} `)
  await client.host.info()
  expect(answered.droppedMessages).toBe(1)
})
