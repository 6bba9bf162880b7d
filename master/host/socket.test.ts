import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { fuzzRuns } from '../../tests/harness/fuzzRuns.ts'
import { connectToHost, type HostConnection } from './client.ts'
import { garbageText } from './fixtures/garbage.ts'
import { info, smallRouter } from './fixtures/smallHost.ts'
import { listenOnSocket, type Hello, type SocketServer } from './socket.ts'

const hello: Hello = { protocol: info.protocol, version: info.version, pid: info.pid, mode: info.mode }
let folder: string
let path: string
let server: SocketServer
const open: HostConnection[] = []
const errors: unknown[] = []

beforeEach(async () => {
  // Blanks, a colon and an accent: what breaks ws+unix addresses.
  folder = mkdtempSync(join(tmpdir(), 'grist mill:é-'))
  path = join(folder, 'host.sock')
  server = await listen(info)
})
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close()
  await server.close()
  rmSync(folder, { recursive: true })
  errors.length = 0
})

function listen(words: Hello): Promise<SocketServer> {
  return listenOnSocket({
    path,
    router: smallRouter,
    context: { caller: { trust: 'person' } },
    hello: words,
    onError: (error) => errors.push(error),
  })
}

async function reach(): Promise<HostConnection> {
  const connection = await connectToHost(path, 0)
  if (!connection.ok) throw new Error(connection.error.message)
  open.push(connection.value)
  return connection.value
}

async function rawSocket(): Promise<WebSocket> {
  const socket = new WebSocket('ws://localhost/rpc', { createConnection: () => connect(path) })
  socket.on('error', () => undefined)
  await once(socket, 'open')
  return socket
}

test('a client speaks the contract, errors as values, with the rights that the socket gives', async () => {
  const { client, hello: heard } = await reach()
  expect(heard).toEqual(hello)
  expect(await client.host.info()).toEqual(info)
  expect(await client.kinds.list()).toEqual([])
  expect(await client.jobs.cancel({ job: 'x' })).toEqual({
    ok: false,
    error: { code: 'unknown-job', message: 'cannot cancel x for a person' },
  })
})

test('a bug below a procedure is told to the host, and to the client only that there was one', async () => {
  const { client } = await reach()
  await expect(client.jobs.pause({ job: 'x' })).rejects.toThrow('Internal server error')
  expect(errors.map(String)).toEqual(['Bug: paused by a bug'])
  expect(await client.kinds.list()).toEqual([])
})

test('a stream of events goes on from where the client was, and ends with its connection', async () => {
  const connection = await reach()
  const seen: number[] = []
  const watching = (async () => {
    for await (const delta of await connection.client.host.watch({ since: 6 })) {
      seen.push(delta.sequence)
      if (seen.length === 3) connection.close()
    }
  })()
  await expect(watching).rejects.toThrow()
  expect(seen).toEqual([7, 8, 9])
})

test('calls that wait when the host goes fail, and the connection knows that it is closed by then', async () => {
  const connection = await reach()
  const stream = await connection.client.host.watch({})
  for (let i = 0; i < 3; i++) await stream.next()
  const waiting = stream.next().catch(() => connection.open)
  const told = new Promise<void>((resolve) => connection.onClose(resolve))
  await server.close()
  await told
  expect(await waiting).toBe(false)
  await new Promise<void>((resolve) => connection.onClose(resolve))
})

test('nobody but the owner may reach the socket, and a file that a dead host left is no obstacle', async () => {
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await server.close()
  writeFileSync(path, '')
  server = await listen(hello)
  expect(await (await reach()).client.host.info()).toEqual(info)
})

test('a host of another protocol is refused with both numbers', async () => {
  await server.close()
  server = await listen({ ...hello, protocol: 99 })
  const refused = await connectToHost(path)
  expect(refused).toMatchObject({
    ok: false,
    error: { code: 'unavailable', message: expect.stringContaining('protocol 99') },
  })
})

test('a socket that nobody answers is told as such', async () => {
  const refused = await connectToHost(join(folder, 'none.sock'), 0)
  expect(refused).toMatchObject({
    ok: false,
    error: { code: 'unavailable', message: expect.stringContaining('nobody has answered') },
  })
})

test('what answers but is no host counts as nobody', async () => {
  await server.close()
  const stranger = createServer((_, response) => response.end('{"protocol":1}'))
  await once(stranger.listen(path), 'listening')
  expect((await connectToHost(path, 0)).ok).toBe(false)
  await new Promise((resolve) => stranger.close(resolve))
})

test('other addresses are not found', async () => {
  const status = await new Promise((resolve) => {
    request({ socketPath: path, path: '/other' }, (response) => resolve(response.resume().statusCode)).end()
  })
  expect(status).toBe(404)
  const socket = new WebSocket('ws://localhost/other', { createConnection: () => connect(path) })
  const [error] = await once(socket, 'error').catch((reason: unknown) => [reason])
  expect(String(error)).toContain('404')
})

const garbage = fc.oneof(garbageText, fc.uint8Array({ maxLength: 64 }))

test('a server that is sent garbage goes on answering', { timeout: 60_000 + 100 * fuzzRuns }, async () => {
  const rejections: unknown[] = []
  const note = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', note)
  const good = await reach()
  let socket = await rawSocket()
  await fc.assert(
    fc.asyncProperty(garbage, async (message) => {
      if (socket.readyState !== WebSocket.OPEN) socket = await rawSocket()
      socket.send(message)
      expect(await good.client.kinds.list()).toEqual([])
    }),
    { numRuns: fuzzRuns },
  )
  process.off('unhandledRejection', note)
  socket.terminate()
  expect(rejections).toEqual([])
})

test('a peer that keeps sending what is no message is cut off', async () => {
  const socket = await rawSocket()
  const closed = once(socket, 'close')
  for (let i = 0; i < 100; i++) socket.send('garbage{')
  expect((await closed)[0]).toBe(1008)
})

test('a message over the limit ends its connection and no other', async () => {
  const good = await reach()
  const socket = await rawSocket()
  const closed = once(socket, 'close')
  socket.send('x'.repeat(16 * 1024 * 1024 + 1))
  expect((await closed)[0]).toBe(1009)
  expect(await good.client.host.info()).toEqual(info)
})
