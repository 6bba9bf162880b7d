import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Keys, sortKeys } from './keySort.ts'

function keysOf(list: readonly Uint8Array[]): Keys {
  const ends: number[] = []
  let length = 0
  for (const key of list) ends.push((length += key.length))
  return {
    bytes: Buffer.concat(list),
    start: Uint32Array.from([0, ...ends.slice(0, -1)]),
    end: Uint32Array.from(ends),
    count: list.length,
  }
}

/** The oracle: stable, by bytes. */
function expectSorted(list: readonly Uint8Array[]): void {
  const expected = list.map((_, index) => index).toSorted((one, other) => Buffer.compare(list[one]!, list[other]!))
  expect([...sortKeys(keysOf(list))]).toEqual(expected)
}

test('keys come in the order of their bytes, equal ones as they came', () => {
  const piece = fc.constantFrom('', '\0', '\0\0', 'a', 'ab', 'prefix--', 'prefix--prefix--', '\u{10ffff}', 'z')
  const key = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.array(piece, { maxLength: 5 }).map((pieces) => new Uint8Array(Buffer.from(pieces.join('')))),
  )
  fc.assert(
    fc.property(fc.array(key, { maxLength: 300 }), (list) => expectSorted(list)),
    { numRuns: 300 },
  )
})

test('large groups of keys with long beginnings in common are told apart', () => {
  const beginning = 'https://example.org/a/long/way/down/'
  const list = Array.from({ length: 5000 }, (_, index) => Buffer.from(`${beginning}${(index * 7919) % 2500}`))
  expectSorted(list)
})

test('keys that are the same for a megabyte overflow no stack', () => {
  const key = Buffer.alloc(1024 * 1024, 'x')
  const list = Array.from({ length: 30 }, (_, index) =>
    index % 2 === 0 ? key : Buffer.concat([key, Buffer.from([index])]),
  )
  expectSorted(list)
})

test('no key and one key are in order', () => {
  expectSorted([])
  expectSorted([Buffer.from('alone')])
})
