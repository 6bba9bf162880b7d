import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appSchemePrivileges, makeAppHandler } from './appProtocol.ts'

const folder = mkdtempSync(join(tmpdir(), 'gristmill-app-'))
let handle: (request: Request) => Promise<Response>
beforeAll(async () => {
  mkdirSync(join(folder, 'renderer/assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'renderer/index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">')
  writeFileSync(join(folder, 'renderer/assets/index-1.js'), 'run()')
  handle = await makeAppHandler(join(folder, 'renderer'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const get = (url: string, method = 'GET') => handle(new Request(url, { method }))

test('the page has a nonce of its own each time, the one that its policy names', async () => {
  const [one, other] = await Promise.all([get('app://gristmill/'), get('app://gristmill/index.html')])
  const nonces = await Promise.all(
    [one, other].map(async (page) => {
      const nonce = /content="([\w-]+)"/.exec(await page.text())?.[1] ?? ''
      expect(nonce.length).toBeGreaterThanOrEqual(20)
      expect(page.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`)
      return nonce
    }),
  )
  expect(nonces[0]).not.toBe(nonces[1])
})

test('files have their types, and no guessing of types', async () => {
  const script = await get('app://gristmill/assets/index-1.js')
  expect(await script.text()).toBe('run()')
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(script.headers.get('x-content-type-options')).toBe('nosniff')
  expect(script.headers.get('cross-origin-opener-policy')).toBe('same-origin')
})

test.each([
  'app://gristmill/../secret.txt',
  'app://gristmill/%2e%2e/secret.txt',
  'app://gristmill/..%2fsecret.txt',
  'app://gristmill/assets/..%5c..%5csecret.txt',
  'app://gristmill//etc/passwd',
  'app://gristmill/%00',
  'app://gristmill/assets',
  'app://gristmill/nothing.js',
  'app://elsewhere/index.html',
  'app://gristmill.elsewhere/index.html',
])('%s leads nowhere', async (url) => {
  const answered = await get(url)
  expect(answered.status).toBe(404)
  expect(answered.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await answered.text()).toBe('')
})

test('the scheme is a secure origin of its own, and neither goes around the policy nor lets other origins in', () => {
  expect(appSchemePrivileges).toEqual({
    scheme: 'app',
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
  })
})

test('only reading is answered', async () => {
  expect((await get('app://gristmill/', 'POST')).status).toBe(405)
  const head = await get('app://gristmill/', 'HEAD')
  expect([head.status, await head.text()]).toEqual([200, ''])
})
