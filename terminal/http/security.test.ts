import { expect, test } from 'vitest'
import { cookieOf, isJson, isOwnFetch, isOwnHost, isOwnOrigin, digestOf, makeSecret } from './security.ts'

test.each([
  ['127.0.0.1:7000', true],
  ['localhost:7000', true],
  ['127.0.0.1', false],
  ['127.0.0.1:7001', false],
  ['evil.test:7000', false],
  ['127.0.0.1.evil.test:7000', false],
  ['localhost:7000.evil.test', false],
  ['LOCALHOST:7000', false],
  [undefined, false],
])('a server on port 7000 takes the host %s: %s', (host, taken) => {
  expect(isOwnHost(host, 7000)).toBe(taken)
})

test('on port 80 browsers leave the port out', () => {
  expect(isOwnHost('127.0.0.1', 80)).toBe(true)
})

test.each([
  ['http://127.0.0.1:7000', true],
  ['https://127.0.0.1:7000', false],
  ['http://localhost:7000', false],
  ['http://127.0.0.1:7001', false],
  ['http://evil.test', false],
  ['null', false],
])('only the origin that the host names may ask, and %s is it: %s', (origin, own) => {
  expect(isOwnOrigin({ host: '127.0.0.1:7000', origin }, true)).toBe(own)
  expect(isOwnOrigin({ host: '127.0.0.1:7000', origin }, false)).toBe(own)
})

test('a missing origin is right only where nothing is changed', () => {
  expect(isOwnOrigin({ host: '127.0.0.1:7000' }, false)).toBe(true)
  expect(isOwnOrigin({ host: '127.0.0.1:7000' }, true)).toBe(false)
})

test.each([
  [undefined, true],
  ['same-origin', true],
  ['none', true],
  ['same-site', false],
  ['cross-site', false],
])('a fetch from a %s page may ask: %s', (site, own) => {
  expect(isOwnFetch(site === undefined ? {} : { 'sec-fetch-site': site })).toBe(own)
})

test('a cookie is found by its whole name', () => {
  const headers = { cookie: 'other=1; xgristmill=2;gristmill=a=b ; gristmill-1=4' }
  expect(cookieOf(headers, 'gristmill')).toBe('a=b')
  expect(cookieOf(headers, 'missing')).toBeUndefined()
  expect(cookieOf({}, 'gristmill')).toBeUndefined()
})

test('JSON is what says that it is JSON', () => {
  expect(isJson({ 'content-type': 'application/json; charset=utf-8' })).toBe(true)
  expect(isJson({ 'content-type': 'text/plain' })).toBe(false)
  expect(isJson({ 'content-type': 'application/jsonx' })).toBe(false)
  expect(isJson({})).toBe(false)
})

test('secrets have 256 bits, differ each time, and have digests that tell nothing of them', () => {
  const secret = makeSecret()
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  expect(makeSecret()).not.toBe(secret)
  expect(digestOf(secret)).toBe(digestOf(secret))
  expect(digestOf(secret)).toMatch(/^[0-9a-f]{64}$/)
  expect(digestOf(secret)).not.toBe(digestOf(makeSecret()))
})
