import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { NumberReader } from './numbers.ts'
import { type IntegerSum, type Kernels, type Notation, numberMarks } from './requests.ts'
import { bothKernels } from './testing/both.ts'

const [wasm, twin] = bothKernels()
const point: Notation = { decimal: 46, thousands: null }
const german: Notation = { decimal: 44, thousands: 46 }

interface ReadAll {
  marks: number[]
  scales: number[]
  mantissas: bigint[]
  values: number[]
  sum: IntegerSum
}

function read(using: Kernels, texts: readonly string[], notation = point): ReadAll {
  const count = texts.length
  const reader = new NumberReader(notation, count, using)
  const regions = [texts.join('').length, count * 4, count * 4].map((bytes) => using.memory.allocate(bytes))
  const [bytes, starts, ends] = [regions[0]!.bytes, regions[1]!.words, regions[2]!.words]
  let at = 0
  for (const [index, text] of texts.entries()) {
    starts[index] = at
    bytes.set(Buffer.from(text, 'latin1'), at)
    at += text.length
    ends[index] = at
  }
  reader.read({ bytes, starts, ends }, { first: 0, stride: 1, count })
  const all = {
    marks: Array.from(reader.marks.subarray(0, count)),
    scales: Array.from(reader.scales.subarray(0, count)),
    mantissas: Array.from(reader.mantissas.subarray(0, count)),
    values: Array.from(reader.values.subarray(0, count)),
    sum: reader.sumIntegers(),
  }
  reader.release()
  for (const region of regions) region.free()
  return all
}

const { none, integer, decimal, other, padded, text } = numberMarks

describe.each([
  ['the WASM module', wasm],
  ['its twin', twin],
])('numbers by %s', (_, using) => {
  const marks = (texts: string[], notation = point) => read(using, texts, notation).marks

  it('are told from what is none', () => {
    expect(marks(['0', '-7', '+12345678', '123456789', '999999999999999999'])).toEqual(Array(5).fill(integer))
    expect(marks(['1.5', '.5', '5.', '-0.25', '007.5', '0.1234567890123456'])).toEqual(Array(6).fill(decimal))
    expect(marks(['1e3', '1000000000000000000', '0.12345678901234567', '2E-7', '9007199254740993.0'])).toEqual(
      Array(5).fill(other),
    )
    expect(marks(['007', '-00', '00000000012'])).toEqual(Array(3).fill(padded))
    expect(marks(['', '.', '-', '+-1', '1.2.3', 'x', '1e', '1e+', ' 1', '1 ', '0x10', '1,5', '12345:78'])).toEqual([
      none,
      ...(Array(12).fill(text) as number[]),
    ])
  })

  it('may have thousands marks where these belong', () => {
    expect(marks(['1.234', '12.345.678', '1.234,5', '1234,5', '1234'], german)).toEqual([
      integer,
      integer,
      decimal,
      decimal,
      integer,
    ])
    expect(marks(['1.23', '0.123', '1234.567', '1.234,', '.123', '1.234e5', '1..234', '1.234.'], german)).toEqual(
      Array(8).fill(text),
    )
  })

  it('are the nearest doubles, and exact as mantissa and scale', () => {
    const found = read(using, ['0.1', '-12.50', '-0', '999999999999999999', '1e5'])
    expect(found.values).toEqual([0.1, -12.5, -0, 1e18, NaN])
    expect(found.mantissas).toEqual([1n, -1250n, 0n, 999999999999999999n, 0n])
    expect(found.scales).toEqual([1, 2, 0, 0, 0])
  })

  it('sum up exactly beyond 64 bits', () => {
    const most = 999_999_999_999_999_999n
    const found = read(using, [...(Array(40).fill(String(most)) as string[]), '-5', 'x', '1.5'])
    expect(found.sum).toEqual({ count: 41, least: -5n, greatest: most, sum: 40n * most - 5n })
    expect(read(using, ['x']).sum).toEqual({ count: 0, least: 0n, greatest: 0n, sum: 0n })
    expect(read(using, Array(40).fill(String(-most)) as string[]).sum.sum).toBe(-40n * most)
  })

  it('of one column are read among the fields of all', () => {
    const reader = new NumberReader(point, 2, using)
    const regions = [4, 16, 16].map((bytes) => using.memory.allocate(bytes))
    const fields = { bytes: regions[0]!.bytes, starts: regions[1]!.words, ends: regions[2]!.words }
    fields.bytes.set(Buffer.from('1234'))
    fields.starts.set([0, 1, 2, 3])
    fields.ends.set([1, 2, 3, 4])
    reader.read(fields, { first: 1, stride: 2, count: 2 })
    expect(Array.from(reader.values.subarray(0, 2))).toEqual([2, 4])
    reader.release()
    for (const region of regions) region.free()
  })

  it('are read from any memory', () => {
    const reader = new NumberReader(point, 1, using)
    const fields = { bytes: Buffer.from('-42'), starts: Uint32Array.of(0), ends: Uint32Array.of(3) }
    reader.read(fields, { first: 0, stride: 1, count: 1 })
    expect(reader.sumIntegers()).toEqual({ count: 1, least: -42n, greatest: -42n, sum: -42n })
    reader.release()
  })
})

const notations: fc.Arbitrary<Notation> = fc.record({
  decimal: fc.constantFrom(46, 44),
  thousands: fc.constantFrom(null, 46, 44, 32, 39, 95),
})

test('the WASM module and its twin read the same from any text', () => {
  const nearly = fc.string({ unit: fc.constantFrom(...Array.from("0123456789000.,-+eE _'x/:")), maxLength: 26 })
  const number = fc.oneof(
    fc.double().map(String),
    fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
    fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.nat(24)).map(([m, places]) => `${m}.${'0'.repeat(places)}1`),
    fc
      .tuple(fc.nat(999), fc.array(fc.nat(999), { maxLength: 4 }), fc.constantFrom('.', ',', ' '))
      .map(([first, groups, mark]) => [first, ...groups.map((group) => String(group).padStart(3, '0'))].join(mark)),
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(nearly, number), { minLength: 1, maxLength: 30 }), notations, (texts, notation) => {
      fc.pre(notation.decimal !== notation.thousands)
      expect(read(wasm, texts, notation)).toEqual(read(twin, texts, notation))
    }),
    { numRuns: 1000 },
  )
})

test('what is marked as a number is what the engine makes of it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), (written) => {
      const found = read(wasm, [written])
      if (found.marks[0] !== other) expect(found.values[0]).toBe(Number(written))
    }),
    { numRuns: 2000 },
  )
})
