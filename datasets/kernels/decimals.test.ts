import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { DecimalKeys } from './decimalKey.ts'
import { placeBytes } from './recordRequests.ts'
import type { Kernels } from './requests.ts'
import { bothKernels } from './testing/both.ts'
import { free, placedLines } from './testing/placed.ts'
import { keyOf, recordOf } from './twin/places.ts'

const [wasm, twin] = bothKernels()
const capacity = 4096

interface Keyed {
  key: string
  text: string
}

/** Records of the first lines, as long as these are plain. */
function keyed(using: Kernels, texts: readonly string[], isDescending: boolean): Keyed[] {
  const lines = placedLines(
    using,
    texts.map((text) => Buffer.from(text)),
  )
  const [output, places] = [using.memory.allocate(capacity), using.memory.allocate(lines.count * placeBytes)]
  const { reached, bytes } = using.keyDecimals({ lines, from: 0, isDescending, output, capacity, places })
  const records = { bytes: output, places }
  const found = Array.from({ length: reached }, (_, record) => ({
    key: Buffer.from(keyOf(records, record)).toString('hex'),
    text: Buffer.from(recordOf(records, record, true)).toString(),
  }))
  const whole = Array.from({ length: reached }, (_, record) => recordOf(records, record).length)
  expect(whole.reduce((sum, length) => sum + length, 0)).toBe(bytes)
  const again = using.placeRecords({
    isKeyed: true,
    bytes: output,
    from: 0,
    to: bytes,
    places,
    count: 0,
    capacity: reached,
  })
  expect(again).toEqual({ count: reached, reached: bytes })
  expect(found.map(({ text }) => text)).toEqual(texts.slice(0, reached).map((text) => `${text}\n`))
  free(lines, output, places)
  return found
}

/** The oracle: the reader of all decimals. */
function keyOfDecimal(text: string, isDescending: boolean): string {
  const keys = new DecimalKeys(isDescending)
  expect(keys.read(Buffer.from(text), 0, text.length)).toBe(null)
  return Buffer.from(keys.bytes.subarray(0, keys.length)).toString('hex')
}

const plain = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc
    .tuple(fc.constantFrom('', '-', '+'), fc.nat(10 ** 6), fc.nat(10 ** 6))
    .map(([sign, whole, part]) => `${sign}${whole}.${part}`),
  fc.constantFrom('0', '-0', '+0.000', '.5', '5.', '00012', '100', '1000', '0.001', '-0.0000000001'),
)

describe.each([
  ['the WASM module', wasm],
  ['its twin', twin],
])('plain decimals keyed by %s', (_, using) => {
  it('have the keys of any decimals', () => {
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 40 }), fc.boolean(), (texts, isDescending) => {
        const expected = texts.map((text) => ({ key: keyOfDecimal(text, isDescending), text: `${text}\n` }))
        expect(keyed(using, texts, isDescending)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('are read up to what is none', () => {
    for (const odd of ['', '-', '.', '+.', 'x', '1x', '1.2.3', '--1', '1-', '9'.repeat(41)])
      expect(keyed(using, ['12', odd, '13'], false)).toHaveLength(1)
  })

  it('are read as far as there is room', () => {
    const texts = Array.from({ length: 200 }, (_unused, index) => String(10 ** 9 + index))
    const lines = keyed(using, texts, false).length
    expect(lines).toBeGreaterThan(100)
    expect(lines).toBeLessThan(200)
  })
})

test('whatever the WASM module takes for plain has the key that its reader makes', () => {
  const nearly = fc.string({ unit: fc.constantFrom(...Array.from('00123456789.-+eE \t')), maxLength: 24 })
  fc.assert(
    fc.property(nearly, fc.boolean(), (text, isDescending) => {
      const [found] = keyed(wasm, [text], isDescending)
      if (found !== undefined) expect(found.key).toBe(keyOfDecimal(text, isDescending))
    }),
    { numRuns: 3000 },
  )
})
