import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isEnvelope } from './messageGuard.ts'

const request = { i: '1', p: { u: '/host/info', b: { json: {} } } }

test.each<[string, 'server' | 'client', unknown]>([
  ['a call', 'server', request],
  ['an undefined property', 'server', { i: '1', p: { u: '/a', b: { json: { a: [null] }, meta: [[3, 'a', 0]] } } }],
  ['the end of a call', 'server', { i: '1', t: 4 }],
  ['an event from a client', 'server', { i: '1', t: 3, p: { e: 'done' } }],
  ['an answer', 'client', { i: '1', p: { b: { json: 1 } } }],
  ['an answer that is a stream', 'client', { i: '1', p: { h: { 'content-type': 'text/event-stream' } } }],
  ['an event', 'client', { i: '1', t: 3, p: { e: 'message', d: { json: 1 }, m: { id: '7' } } }],
])('%s passes', (_, side, message) => {
  expect(isEnvelope(side, JSON.stringify(message))).toBe(true)
})

test.each<[string, 'server' | 'client', string]>([
  ['what is no JSON', 'server', 'garbage{'],
  ['null', 'server', 'null'],
  ['a call without a path', 'server', '{"i":"1","p":{}}'],
  ['a call without a payload', 'server', '{"i":"1"}'],
  ['a number as id', 'server', '{"i":1,"p":{"u":"/host/info"}}'],
  ['an absolute address', 'server', '{"i":"1","p":{"u":"http://elsewhere/host/info"}}'],
  ['an address that cannot be parsed', 'server', '{"i":"1","p":{"u":"http://["}}'],
  ['an event without a payload', 'server', '{"i":"1","t":3}'],
  ['a file', 'server', '{"i":"1","p":{"u":"/host/info","h":{"Content-Disposition":"attachment; filename=a"}}}'],
  ['a form', 'server', '{"i":"1","p":{"u":"/host/info","h":{"content-type":"multipart/form-data"}}}'],
  ['a body that is none of the serializer', 'server', '{"i":"1","p":{"u":"/host/info","b":{"json":{},"maps":[]}}}'],
  ['a type that the contract has not', 'server', '{"i":"1","p":{"u":"/host/info","b":{"json":"1","meta":[[0]]}}}'],
  ['a property that is not there', 'server', '{"i":"1","p":{"u":"/host/info","b":{"json":{},"meta":[[3,"a"]]}}}'],
  ['a property of all objects', 'server', '{"i":"1","p":{"u":"/a","b":{"json":{},"meta":[[3,"__proto__","a"]]}}}'],
  ['an event with such a body', 'server', '{"i":"1","t":3,"p":{"e":"message","d":{"json":1,"meta":1}}}'],
  ['an answer sent to a server', 'server', '{"i":"1","t":2,"p":{}}'],
  ['an answer with a file', 'client', '{"i":"1","p":{"h":{"content-disposition":"attachment"}}}'],
  ['an answer without a payload', 'client', '{"i":"1"}'],
  ['an event of an unknown type', 'client', '{"i":"1","t":3,"p":{"e":"other"}}'],
])('%s does not', (_, side, message) => {
  expect(isEnvelope(side, message)).toBe(false)
})

test('a property that is not of the envelope is never let through', () => {
  fc.assert(
    fc.property(
      fc.string().filter((name) => !['i', 't', 'p'].includes(name)),
      (name) => {
        const message = JSON.stringify(request).replace('{', `{${JSON.stringify(name)}:1,`)
        expect(isEnvelope('server', message)).toBe(false)
      },
    ),
  )
})

test('any text has an answer', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof isEnvelope('client', text) === 'boolean'))
})
