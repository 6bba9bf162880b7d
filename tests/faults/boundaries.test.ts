import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuzzRuns } from '../harness/fuzzRuns.ts'
import { WebSocket } from 'ws'
import { homePaths } from '../../master/host/home.ts'
import { openGround, type Ground, type Running } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'
import { injected } from '../harness/faults.ts'

/** What comes in from outside, wrong in every way that chance finds: a real host survives it, still answers, and has done nothing. */

const timeout = 60_000 + 200 * fuzzRuns

const paths = [
  'jobs/submit',
  'jobs/list',
  'jobs/get',
  'jobs/tasks',
  'jobs/cancel',
  'jobs/change',
  'jobs/rerun',
  'host/info',
]
const elsewhere = [
  'host/watch',
  'datasets/inspect',
  'kinds/list',
  '__proto__/constructor',
  'jobs',
  '',
  '..',
  'jobs/submit/more',
]
const forbidden = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'job',
  'kind',
  'params',
  'sources',
)
const deep = fc.integer({ min: 1, max: 20_000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`)
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json({ maxDepth: 4 }),
  deep,
  deep.map((lists) => `{"kind":"no-op","params":{"tasks":${lists}},"sources":[]}`),
  fc.dictionary(forbidden, fc.jsonValue()).map((fields) => JSON.stringify(fields)),
  fc.constantFrom(
    '{"__proto__":{"polluted":1}}',
    '{"kind":"no-op","params":{"__proto__":{"tasks":1}},"sources":[]}',
    '1e999',
  ),
)
/** A call with a right envelope around anything, or one whose envelope is itself wrong. */
const calls = fc.tuple(
  fc.constantFrom(...paths, ...elsewhere),
  texts,
  fc.constantFrom('1', '2', ''),
  fc.constantFrom(1, 2, 3, 4, 9),
)
const frames = fc.oneof(
  texts,
  calls.map(([path, json, id]) => `{"i":"${id}","p":{"u":"/${path}","b":{"json":${json}}}}`),
  calls.map(([path, json, id, type]) => `{"i":"${id}","t":${type},"p":{"u":"/${path}","b":${json}}}`),
  calls.map(([path, json]) => `{"i":"1","p":{"u":"/${path}","b":{"json":{},"meta":${json}}}}`),
  calls.map(([path, json]) => `{"i":"1","p":{"u":"/${path}","h":${json},"b":{}}}`),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
)

async function opened(socket: WebSocket): Promise<WebSocket> {
  socket.on('error', () => undefined)
  await once(socket, 'open')
  return socket
}

/** A right call, on a connection that nothing wrong has come through. */
async function stillAnswers(open: () => Promise<WebSocket>): Promise<void> {
  const socket = await open()
  socket.send('{"i":"probe","p":{"u":"/host/info","b":{}}}')
  const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(20_000) })) as [Buffer]
  expect(JSON.parse(answer.toString())).toMatchObject({ i: 'probe', p: { b: { json: { mode: 'serve' } } } })
  socket.terminate()
}

async function fuzz(open: () => Promise<WebSocket>): Promise<void> {
  let socket = await open()
  let sent = 0
  await fc.assert(
    fc.asyncProperty(frames, async (frame) => {
      // Cut off after a hundred that are not of the protocol.
      if (socket.readyState !== WebSocket.OPEN) socket = await open()
      socket.send(frame)
      if (++sent % 50 === 0) await stillAnswers(open)
    }),
    { numRuns: fuzzRuns, endOnFailure: true },
  )
  injected('calls are malformed')
  expect(sent).toBe(fuzzRuns)
  socket.terminate()
  await stillAnswers(open)
}

/** Nothing but what belongs to it came of all that. */
async function expectUnharmed(ground: Ground, host: Running): Promise<void> {
  expect(host.alive).toBe(true)
  expect(host.stderr).toBe('')
  expect((await ground.jobs()).filter(({ kind }) => kind !== 'no-op')).toEqual([])
  const logs = ground
    .filesIn(join(ground.home, 'logs'))
    .map((name) => readFileSync(join(ground.home, 'logs', name), 'utf8'))
  expect(logs.join('')).not.toMatch(/cannot go on|RangeError|unhandled/i)
}

/** The cookie that a page gets for the token of the link. */
async function login(link: URL): Promise<string> {
  const answer = await fetch(`${link.origin}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: link.origin },
    body: JSON.stringify({ token: link.hash.slice(1) }),
  })
  expect(answer.status).toBe(200)
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

describe('calls', () => {
  it('over the local socket', { timeout }, async () => {
    const ground = openGround()
    const host = await ground.serve()
    const { socket } = homePaths(ground.home)
    await fuzz(() => opened(new WebSocket('ws://localhost/rpc', { createConnection: () => connect(socket) })))
    await expectUnharmed(ground, host)
  })

  it('over the WebSocket of a page', { timeout }, async () => {
    const ground = openGround()
    const host = await ground.serve()
    const link = new URL(host.stdout)
    const headers = { origin: link.origin, cookie: await login(link) }
    await fuzz(() => opened(new WebSocket(`ws://${link.host}/api/rpc`, { headers })))
    await expectUnharmed(ground, host)
  })
})

describe('words of a command line', () => {
  it('that mean nothing are refused in one line, and no job is made', { timeout }, async () => {
    const ground = openGround()
    const strange = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((text) => text.toWellFormed())
    // No word of a process can hold a NUL.
    const word = strange.map((text) => text.replaceAll('\0', '\n'))
    const option = fc.constantFrom('--split', '--workers', '--params', '--max-rejects', '--priority', '-p', '--nothing')
    const number = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom('0', '-1', '1e309')).map(String)
    const words = fc.tuple(fc.constantFrom('no-op', 'primes', 'word-count'), option, fc.oneof(word, number))
    await fc.assert(
      fc.asyncProperty(words, async ([kind, name, value]) => {
        const { code, stdout, stderr } = await ground.run(['run', kind, `nothing-${process.pid}`, name, value])
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
        expect(stderr).toMatch(/^gristmill: [^\n\p{Cc}]+\n$/u)
      }),
      // Each case is a process.
      { numRuns: Math.ceil(fuzzRuns / 25), endOnFailure: true },
    )
    injected('words of the command line mean nothing')
    expect(await ground.jobs()).toEqual([])
  })
})

describe('requests', () => {
  /** What comes back, until the server ends the connection or has said a status. */
  async function ask(port: number, bytes: string | Uint8Array): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.on('data', (data) => (heard += data.toString('latin1')))
    socket.on('error', () => undefined)
    socket.end(bytes)
    await once(socket, 'close', { signal: AbortSignal.timeout(20_000) })
    return heard
  }

  it('with any method, path, host, origin and cookie get nothing of the API', { timeout }, async () => {
    const ground = openGround()
    const host = await ground.serve()
    const { port, origin } = new URL(host.stdout)
    const line = fc.string({ unit: fc.constantFrom(...Array.from('aA0/.:%\\?#=;-_@[] \t\0é')), maxLength: 40 })
    const hosts = fc.oneof(
      line,
      fc.constantFrom(`127.0.0.1:${port}`, `localhost:${port}`, 'evil.test', `evil.test:${port}`),
    )
    const request = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'CONNECT', 'TRACE', 'get', '\0'),
      path: fc.oneof(line, fc.constantFrom('/api/session', '/api/rpc', '/api/uploads?name=x', '/api/artifacts/last/0')),
      host: hosts,
      origin: fc.oneof(line, fc.constantFrom(origin, 'null', 'https://evil.test')),
      cookie: fc.oneof(
        line,
        fc.constant(`gristmill-${port}=`),
        fc.base64String().map((value) => `gristmill-${port}=${value}`),
      ),
      more: fc.constantFrom(
        '',
        'Upgrade: websocket\r\nConnection: Upgrade\r\n',
        'Content-Length: 5\r\n',
        'Transfer-Encoding: chunked\r\n',
      ),
      body: fc.oneof(line, fc.constant('{"token":"x"}')),
    })
    let asked = 0
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, host: named, origin: from, cookie, more, body }) => {
        const head = `${method} ${path} HTTP/1.1\r\nHost: ${named}\r\nOrigin: ${from}\r\nCookie: ${cookie}\r\n${more}`
        const heard = await ask(Number(port), `${head}Connection: close\r\n\r\n${body}`)
        asked += 1
        const status = /^HTTP\/1\.1 (\d+)/.exec(heard)?.[1]
        if (path.includes('/api/')) expect(status ?? '400').toMatch(/^4/)
        else expect(status ?? '400').toMatch(/^[24]/)
      }),
      { numRuns: fuzzRuns, endOnFailure: true },
    )
    injected('requests are foreign')
    expect(asked).toBe(fuzzRuns)
    expect((await fetch(origin)).status).toBe(200)
    await expectUnharmed(ground, host)
  })

  it('that never end are cut off, and hold up nobody', { timeout }, async () => {
    const ground = openGround()
    const host = await ground.serve()
    const { port, origin } = new URL(host.stdout)
    const sockets = Array.from({ length: 300 }, () => connect(Number(port), '127.0.0.1'))
    for (const socket of sockets)
      socket
        .on('error', () => undefined)
        .resume()
        .write('GET / HTTP/1.1\r\nHost: ')
    injected('connections never finish a request')
    await until('every one of them to be ended', () => sockets.every((socket) => socket.closed), 30_000)
    expect((await fetch(origin)).status).toBe(200)
    await expectUnharmed(ground, host)
  })

  it('that upload, whatever the name, write one file in the spool under a name of its own', { timeout }, async () => {
    const ground = openGround()
    const host = await ground.serve()
    const link = new URL(host.stdout)
    const headers = { origin: link.origin, cookie: await login(link) }
    const outside = ground.filesIn(ground.folder).filter((file) => !file.startsWith('home/'))
    const awkward = fc.constantFrom(
      '..',
      '../../x',
      '/etc/passwd',
      'C:\\x',
      'a\0b',
      'x'.repeat(255),
      'x'.repeat(256),
      '.',
      ' ',
      '-rf',
    )
    let taken = 0
    await fc.assert(
      fc.asyncProperty(fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 300 })), async (name) => {
        const url = `${link.origin}/api/uploads?name=${encodeURIComponent(name.toWellFormed())}`
        const answer = await fetch(url, { method: 'PUT', headers, body: 'x' })
        // What is not read keeps its connection, of which a host takes only so many.
        await answer.arrayBuffer()
        const { status } = answer
        if (status === 200) taken += 1
        else expect(status).toBe(400)
      }),
      { numRuns: fuzzRuns, endOnFailure: true },
    )
    const spooled = ground.filesIn(join(ground.home, 'spool'))
    injected('uploads have hostile names')
    expect(spooled).toHaveLength(taken)
    expect(spooled.every((file) => /^[\w-]+$/.test(file))).toBe(true)
    expect(ground.filesIn(ground.folder).filter((file) => !file.startsWith('home/'))).toEqual(outside)
    await expectUnharmed(ground, host)
  })
})
