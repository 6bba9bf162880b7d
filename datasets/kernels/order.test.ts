import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type PlacedRecords, sortWorkBytes, wordsPerPlace } from './recordRequests.ts'
import type { Kernels } from './requests.ts'
import { bothKernels } from './testing/both.ts'
import { free, placedKeyed, placedLines } from './testing/placed.ts'

const [wasm, twin] = bothKernels()

/** The records' numbers in order, and the records themselves as they are gathered through `capacity` bytes at a time. */
function sorted(using: Kernels, records: PlacedRecords, { fromKeyEnd = false, capacity = 4096 } = {}) {
  const { memory } = using
  const [work, order] = [memory.allocate(sortWorkBytes(records.count)), memory.allocate(records.count * 4)]
  const output = memory.allocate(capacity)
  using.sortRecords({ records, work, order })
  const numbers = [...order.words.subarray(0, records.count)]
  const gathered: Buffer[] = []
  for (let from = 0; from < records.count;) {
    const answer = using.gatherRecords({ records, order, from, to: records.count, fromKeyEnd, output, capacity })
    gathered.push(Buffer.from(output.bytes.subarray(0, answer.bytes)))
    from += answer.records
    if (answer.records === 0) break
  }
  free(records, work, order, output)
  return { numbers, text: Buffer.concat(gathered).toString('latin1') }
}

/** The oracle: the engine's own stable sort. */
function expected(keys: readonly Uint8Array[]): number[] {
  return keys.map((_, index) => index).toSorted((one, other) => Buffer.compare(keys[one]!, keys[other]!))
}

const piece = fc.constantFrom('', '\0', '\0\0', 'a', 'ab', 'prefix--', 'prefix--prefix--', '\u{10ffff}', 'z')
const key = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.array(piece, { maxLength: 5 }).map((pieces) => new Uint8Array(Buffer.from(pieces.join('')))),
)
const line = key.map((bytes) => bytes.filter((byte) => byte !== 10))

describe.each([
  ['the WASM module', wasm],
  ['its twin', twin],
])('records sorted by %s', (_, using) => {
  it('come in the order of the bytes of their lines, equal ones as they came', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 300 }), (lines) => {
        const numbers = expected(lines)
        const found = sorted(using, placedLines(using, lines))
        expect(found.numbers).toEqual(numbers)
        expect(found.text).toBe(numbers.map((at) => `${Buffer.from(lines[at]!).toString('latin1')}\n`).join(''))
      }),
      { numRuns: 300 },
    )
  })

  it('come in the order of their keys, and are told apart from them', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), (keys) => {
        const records = keys.map((each, at) => ({ key: each, text: `${at}\n` }))
        const found = sorted(using, placedKeyed(using, records), { fromKeyEnd: true })
        expect(found.text).toBe(
          expected(keys)
            .map((at) => `${at}\n`)
            .join(''),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('have long beginnings in common, and many more of them than are merged', () => {
    const beginning = 'https://example.org/a/long/way/down/'
    const lines = Array.from({ length: 5000 }, (_unused, index) => Buffer.from(`${beginning}${(index * 7919) % 2500}`))
    expect(sorted(using, placedLines(using, lines)).numbers).toEqual(expected(lines))
  })

  it('are of random bytes, more of them than are merged', () => {
    let state = 1
    const random = () => (state = Math.imul(state, 48271) >>> 0) >>> 8
    const lines = Array.from({ length: 4000 }, () =>
      Buffer.from(Array.from({ length: random() % 12 }, () => random() % 256)).filter((byte) => byte !== 10),
    )
    expect(sorted(using, placedLines(using, lines)).numbers).toEqual(expected(lines))
  })

  it('are the same for a megabyte, and overflow no stack', () => {
    const long = Buffer.alloc(1024 * 1024, 'x')
    const lines = Array.from({ length: 30 }, (_unused, index) =>
      index % 2 === 0 ? long : Buffer.concat([long, Buffer.from([index + 10])]),
    )
    expect(sorted(using, placedLines(using, lines), { capacity: 2 ** 21 }).numbers).toEqual(expected(lines))
  })

  it('are none, or one', () => {
    expect(sorted(using, placedLines(using, [])).numbers).toEqual([])
    expect(sorted(using, placedLines(using, [Buffer.from('alone')])).text).toBe('alone\n')
  })

  it('are gathered as far as there is room for whole ones', () => {
    const lines = ['ccc', 'a', 'bb'].map((text) => Buffer.from(text))
    expect(sorted(using, placedLines(using, lines), { capacity: 4 }).text).toBe('a\nbb\nccc\n')
    expect(sorted(using, placedLines(using, lines), { capacity: 3 }).text).toBe('a\nbb\n')
  })

  it('have their places behind those before, as far as there is room and to the last line feed', () => {
    const bytes = using.memory.allocate(1000)
    const places = using.memory.allocate(200 * 16)
    bytes.bytes.set(Buffer.from(`skip${'x\n'.repeat(100)}\nrest`))
    const rest = { isKeyed: false, bytes, places, to: 209, capacity: 80 }
    const first = using.placeRecords({ ...rest, from: 4, count: 10 })
    expect(first.count).toBeGreaterThan(10)
    const second = using.placeRecords({ ...rest, from: first.reached, count: first.count, capacity: 200 })
    expect(second).toEqual({ count: 111, reached: 205 })
    expect([...places.words.subarray(10 * wordsPerPlace, 11 * wordsPerPlace)]).toEqual([4, 4, 5, 6])
    expect([...places.words.subarray(110 * wordsPerPlace, 111 * wordsPerPlace)]).toEqual([204, 204, 204, 205])
    bytes.free()
    places.free()
  })
})

test('keyed records with long keys and texts have the same places by the WASM module and its twin', () => {
  const words = [wasm, twin].map((using) => {
    const bytes = using.memory.allocate(2000)
    const places = using.memory.allocate(66 * 16)
    // A key of 300 bytes and a text of 1,000.
    bytes.bytes.set([0xac, 2, 0xe8, 7])
    const request = { isKeyed: true, bytes, from: 0, to: 1304, places, count: 0, capacity: 66 }
    expect(using.placeRecords(request)).toEqual({ count: 1, reached: 1304 })
    return [...places.words.subarray(0, wordsPerPlace)]
  })
  expect(words[0]).toEqual([0, 4, 304, 1304])
  expect(words[1]).toEqual(words[0])
})
