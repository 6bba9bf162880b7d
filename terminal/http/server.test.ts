import { readdirSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { ApiClient } from '../../master/host/host.ts'
import { openSmallSite, type SmallSite } from './fixtures/smallSite.ts'

let site: SmallSite
beforeEach(async () => {
  site = await openSmallSite({ headersMs: 300, connections: 8, messageBytes: 4096, uploadBytes: 2000 })
})
afterEach(() => site.close())

const json = { 'content-type': 'application/json' }

/** How an upgrade with these headers ends: `open`, or the status that refused it. */
async function upgrade(headers: Record<string, string>, path = '/api/rpc'): Promise<string> {
  const { port } = site.dashboard
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  const ended = await Promise.race([
    once(socket, 'open').then(() => 'open'),
    once(socket, 'unexpected-response').then(([, response]: { statusCode: number }[]) => String(response?.statusCode)),
  ])
  socket.on('error', () => undefined)
  socket.terminate()
  return ended
}

const own = () => `http://127.0.0.1:${site.dashboard.port}`

describe('the page and its files', () => {
  test('the link is on loopback and carries 256 bits in its fragment', () => {
    const url = new URL(site.dashboard.invite())
    expect(url.hostname).toBe('127.0.0.1')
    expect(Buffer.from(url.hash.slice(1), 'base64url')).toHaveLength(32)
  })

  test('the page has a nonce of its own each time, the same in its policy and in its text', async () => {
    const first = await site.ask('GET', '/', { headers: { origin: null } })
    const second = await site.ask('GET', '/index.html')
    const nonce = /'nonce-([\w-]+)'/.exec(String(first.headers['content-security-policy']))?.[1]
    expect(first.body).toBe(`<meta name="csp-nonce" content="${nonce}" />`)
    expect(second.body).not.toBe(first.body)
  })

  test('every answer has the security headers and none that opens it to other origins', async () => {
    for (const path of ['/', '/assets/main-abc.js', '/missing', '/api/session']) {
      const { headers } = await site.ask('GET', path)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['cross-origin-opener-policy']).toBe('same-origin')
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  test('assets have their type and may be kept, the page may not', async () => {
    const script = await site.ask('GET', '/assets/main-abc.js')
    expect(script).toMatchObject({ status: 200, body: 'export {}' })
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(script.headers['cache-control']).toContain('immutable')
    expect((await site.ask('GET', '/')).headers['cache-control']).toBe('no-store')
  })

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/....//secret.txt',
    '//secret.txt',
    '/./../secret.txt',
    '/assets/%00',
    '/%',
    '/assets',
    '/assets/',
    '/C:\\secret.txt',
    '/file:///etc/passwd',
    'http://127.0.0.1/../secret.txt',
  ])('%s leads nowhere', async (path) => {
    const answer = await site.ask('GET', path)
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body)).toEqual({ ok: false, message: 'nothing here' })
  })

  test('only GET and HEAD are for files', async () => {
    expect((await site.ask('DELETE', '/')).status).toBe(405)
    expect(await site.ask('HEAD', '/')).toMatchObject({ status: 200, body: '' })
  })
})

describe('who may ask', () => {
  test.each([
    ['the host of another site', { host: 'evil.test' }],
    ['the host of another port', { host: '127.0.0.1:1' }],
    ['an origin of another site', { origin: 'http://evil.test' }],
    ['an origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
  ])('%s is refused for everything', async (_what, headers) => {
    const cookie = await site.login()
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/api/session'],
      ['POST', '/api/session'],
      ['PUT', '/api/uploads?name=x'],
    ] as const) {
      const answer = await site.ask(method, path, { headers: { ...json, cookie, ...headers }, body: '' })
      expect(answer.status).toBe(403)
    }
    expect(await upgrade({ cookie, origin: own(), ...headers })).toBe('403')
  })

  test('what changes something needs an origin, and an upgrade too', async () => {
    const cookie = await site.login()
    const put = await site.ask('PUT', '/api/uploads?name=x', { headers: { cookie, origin: null }, body: 'x' })
    expect(put.status).toBe(403)
    expect(await upgrade({ cookie })).toBe('403')
  })

  test('a request from the page of another loopback server is refused, whatever cookie it carries', async () => {
    const cookie = await site.login()
    const headers = { cookie, origin: null, 'sec-fetch-site': 'same-site' }
    expect((await site.ask('GET', '/api/jobs/job-1/artifacts/folder', { headers })).status).toBe(403)
  })

  test('without the cookie nothing but the page and the exchange answers', async () => {
    expect((await site.ask('GET', '/api/session')).status).toBe(401)
    expect((await site.ask('PUT', '/api/uploads?name=x', { body: 'x' })).status).toBe(401)
    expect((await site.ask('GET', '/api/jobs/job-1/artifacts/gone.csv')).status).toBe(401)
    expect(await upgrade({ origin: own() })).toBe('401')
    expect(await upgrade({ origin: own(), cookie: `gristmill-${site.dashboard.port}=made-up` })).toBe('401')
    expect(readdirSync(site.spool)).toEqual([])
  })

  test('with the cookie the page is let in, and only at its own door', async () => {
    const cookie = await site.login()
    expect((await site.ask('GET', '/api/session', { headers: { cookie } })).status).toBe(200)
    expect(await upgrade({ origin: own(), cookie })).toBe('open')
    expect(await upgrade({ origin: own(), cookie }, '/rpc')).toBe('404')
  })

  test('a request without a host, or with two, is refused', async () => {
    expect(await site.raw('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await site.raw('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /)
    const host = `Connection: close\r\nHost: 127.0.0.1:${site.dashboard.port}`
    expect(await site.raw(`GET / HTTP/1.1\r\n${host}\r\nHost: evil.test\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 /)
  })
})

describe('the exchange of the token', () => {
  const token = () => new URL(site.dashboard.invite()).hash.slice(1)

  test('the cookie cannot be read by scripts nor sent by other sites', async () => {
    const answer = await site.ask('POST', '/api/session', { headers: json, body: JSON.stringify({ token: token() }) })
    expect(answer).toMatchObject({ status: 200, body: '{"ok":true}' })
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^gristmill-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ])
  })

  test('it is good once: who comes second is not let in, and the first one stays in', async () => {
    const body = JSON.stringify({ token: token() })
    const [first, second] = [
      await site.ask('POST', '/api/session', { headers: json, body }),
      await site.ask('POST', '/api/session', { headers: json, body }),
    ]
    expect([first?.status, second?.status]).toEqual([200, 401])
    expect(second?.body).toContain('this link was used before')
    expect(second?.headers['set-cookie']).toBeUndefined()
    const cookie = String(first?.headers['set-cookie']).split(';')[0] ?? ''
    expect((await site.ask('GET', '/api/session', { headers: { cookie } })).status).toBe(200)
  })

  test('another address lets another browser in, and both stay in', async () => {
    const cookies = [await site.login(), await site.login()]
    expect(cookies[0]).not.toBe(cookies[1])
    for (const cookie of cookies)
      expect((await site.ask('GET', '/api/session', { headers: { cookie } })).status).toBe(200)
  })

  test.each([
    ['a wrong token', json, '{"token":"wrong"}', 401],
    ['an empty token', json, '{"token":""}', 401],
    ['a body that is no JSON', json, '{token', 400],
    ['a token that is no text', json, '{"token":[1]}', 400],
    ['a body with more than the token', json, '{"token":"x","__proto__":{}}', 400],
    ['a body without a type', {}, '{"token":"x"}', 415],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'token=x', 415],
    ['a body that is too long', json, JSON.stringify({ token: 'x'.repeat(5000) }), 413],
  ])('%s is refused', async (...[, headers, body, status]) => {
    const answer = await site.ask('POST', '/api/session', { headers, body })
    expect(answer.status).toBe(status)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  test('any other POST is for JSON only', async () => {
    const cookie = await site.login()
    const text = { cookie, 'content-type': 'text/plain' }
    expect((await site.ask('POST', '/api/rpc', { headers: text, body: 'x' })).status).toBe(415)
    expect((await site.ask('POST', '/api/rpc', { headers: { ...json, cookie }, body: '{}' })).status).toBe(404)
  })
})

describe('uploads', () => {
  const name = encodeURIComponent('../../märz.txt')

  test('a body goes to the spool, and the answer is its token', async () => {
    const cookie = await site.login()
    const answer = await site.ask('PUT', `/api/uploads?name=${name}`, { headers: { cookie }, body: 'grist' })
    expect(JSON.parse(answer.body)).toEqual({ ok: true, token: expect.any(String), bytes: 5 })
    expect(readdirSync(site.spool)).toHaveLength(1)
  })

  test('an upload needs a name', async () => {
    const cookie = await site.login()
    expect((await site.ask('PUT', '/api/uploads', { headers: { cookie }, body: 'x' })).status).toBe(400)
  })

  test('one that says beforehand that it is too large is refused unread', async () => {
    const cookie = await site.login()
    const head = [
      `PUT /api/uploads?name=x HTTP/1.1`,
      `Host: 127.0.0.1:${site.dashboard.port}`,
      `Origin: ${own()}`,
      `Cookie: ${cookie}`,
      'Content-Length: 2001',
    ]
    const answer = await site.raw(`${head.join('\r\n')}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('connection: close')
    expect(readdirSync(site.spool)).toEqual([])
  })

  test('who is refused while still sending, and reads only then, is told why', async () => {
    const cookie = await site.login()
    const head = [
      `PUT /api/uploads?name=${'x'.repeat(256)} HTTP/1.1`,
      `Host: 127.0.0.1:${site.dashboard.port}`,
      `Origin: ${own()}`,
      `Cookie: ${cookie}`,
      'Content-Length: 5000000',
    ]
    const socket = connect(site.dashboard.port, '127.0.0.1')
    const broken: Error[] = []
    socket.on('error', (error) => broken.push(error))
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    for (let sent = 0; sent < 5_000_000; sent += 100_000) {
      socket.write(Buffer.alloc(100_000))
      if (socket.writableNeedDrain) await once(socket, 'drain', { signal: AbortSignal.timeout(5000) })
    }
    const heard = socket.setEncoding('utf8').toArray()
    expect((await heard).join('')).toMatch(/^HTTP\/1\.1 400 [^]*name the upload in 1 to 255 characters/)
    expect(broken).toEqual([])
    expect(readdirSync(site.spool)).toEqual([])
  })

  test('one that turns out to be too large leaves nothing', async () => {
    const cookie = await site.login()
    const headers = { cookie, 'transfer-encoding': 'chunked' }
    const answer = await site.ask('PUT', '/api/uploads?name=x', { headers, body: Buffer.alloc(1500) })
    expect(answer.status).toBe(507)
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, message: expect.stringContaining('larger than') })
    expect(readdirSync(site.spool)).toEqual([])
  })
})

describe('downloads', () => {
  test('an artifact comes as a file of its own name, never as a page', async () => {
    const cookie = await site.login()
    const path = `/api/jobs/job-1/artifacts/${encodeURIComponent('wörds "1".csv')}`
    const answer = await site.ask('GET', path, { headers: { cookie, origin: null } })
    expect(answer).toMatchObject({ status: 200, body: '<b>words</b>' })
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename="w_rds__1_.csv"; filename*=UTF-8''w%C3%B6rds%20%221%22.csv`,
    )
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })

  test.each([
    '/api/jobs/job-1/artifacts/unknown.csv',
    '/api/jobs/job-1/artifacts/gone.csv',
    '/api/jobs/job-1/artifacts/folder',
    '/api/jobs/job-2/artifacts/gone.csv',
    '/api/jobs/job-1/artifacts/..%2f..%2fsecret.txt',
    '/api/jobs/job-1/artifacts/%zz',
    '/api/jobs/..%2f/artifacts/gone.csv',
  ])('%s is not there', async (path) => {
    const answer = await site.ask('GET', path, { headers: { cookie: await site.login() } })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false })
    expect(answer.body).not.toContain(site.folder)
    expect(site.logged).toEqual([])
  })
})

describe('the API over WebSocket', () => {
  async function openPage(): Promise<WebSocket> {
    const headers = { origin: own(), cookie: await site.login() }
    const socket = new WebSocket(`ws://127.0.0.1:${site.dashboard.port}/api/rpc`, { headers })
    socket.on('error', () => undefined)
    await once(socket, 'open')
    return socket
  }
  type LinkSocket = ConstructorParameters<typeof RPCLink>[0]['websocket']

  test('a page asks as a page, and hears a stream', async () => {
    const socket = await openPage()
    const client = createORPCClient<ApiClient>(new RPCLink({ websocket: socket as LinkSocket }))
    expect((await client.host.info()).home).toBe('page')
    for await (const delta of await client.host.watch({})) expect(delta.sequence).toBe(1)
    expect(site.dashboard.pages).toBe(1)
    socket.terminate()
  })

  test('malformed messages never reach the router, and the page stays in', async () => {
    const socket = await openPage()
    for (const message of ['garbage{', '{"i":1}', Buffer.from([1, 2, 3])]) socket.send(message)
    const client = createORPCClient<ApiClient>(new RPCLink({ websocket: socket as LinkSocket }))
    expect((await client.host.info()).home).toBe('page')
    socket.terminate()
  })

  test('a message that is too long ends the connection', async () => {
    const socket = await openPage()
    socket.send('x'.repeat(5000))
    const [code] = (await once(socket, 'close')) as [number]
    expect(code).toBe(1009)
  })
})

describe('limits', () => {
  test('headers that do not come in time end the connection', async () => {
    expect(await site.raw('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n')).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('headers that are too long are refused', async () => {
    expect(await site.raw(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('connections beyond the limit are dropped', async () => {
    const open = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const socket = connect(site.dashboard.port, '127.0.0.1')
        await once(socket, 'connect')
        return socket
      }),
    )
    expect(await site.raw('GET / HTTP/1.1\r\n\r\n')).toBe('')
    for (const socket of open) socket.destroy()
  })

  test('closing ends every connection', async () => {
    const socket = connect(site.dashboard.port, '127.0.0.1')
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    await site.dashboard.close()
    await closed
  })
})
