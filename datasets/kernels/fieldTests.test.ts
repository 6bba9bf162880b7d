import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Region } from './memory.ts'
import type { Kernels, Notation } from './requests.ts'
import { bothKernels } from './testing/both.ts'
import { rowStates, type Verdicts } from './testRequests.ts'

const [wasm, twin] = bothKernels()
const point: Notation = { decimal: 46, thousands: null }
const { no, yes, unknown, open } = rowStates
const below: Verdicts = { less: yes, equal: no, greater: no, nothing: unknown }

interface Asked {
  fields: readonly (Uint8Array | null)[]
  states: readonly number[]
  verdicts: Verdicts
  /** A text stands as its bytes. */
  constant: number | Uint8Array
  notation: Notation
}

function tested(using: Kernels, { fields, states: before, verdicts, constant, notation }: Asked): number[] {
  const regions: Region[] = []
  const room = (length: number): Region => {
    regions.push(using.memory.allocate(length))
    return regions.at(-1)!
  }
  const count = fields.length
  const bytes = room(fields.reduce((sum, field) => sum + (field?.length ?? 0), 0))
  const [starts, ends, nulls, states] = [room(4 * count), room(4 * count), room(count), room(count)]
  const text = typeof constant === 'number' ? null : room(constant.length)
  if (typeof constant !== 'number') text?.bytes.set(constant)
  states.bytes.set(before)
  let at = 0
  for (const [row, field] of fields.entries()) {
    starts.words[row] = at
    nulls.bytes[row] = field === null ? 1 : 0
    bytes.bytes.set(field ?? [], at)
    at += field?.length ?? 0
    ends.words[row] = at
  }
  const request = { bytes, starts, ends, nulls, count, states, verdicts }
  if (text === null) using.testNumbers({ ...request, notation, constant: Number(constant) })
  else using.testTexts({ ...request, constant: text })
  const after = Array.from(states.bytes.subarray(0, count))
  for (const region of regions) region.free()
  return after
}

describe.each([
  ['the WASM module', wasm],
  ['its twin', twin],
])('fields compared by %s', (_, using) => {
  const judge = (fields: (string | null)[], constant: number | string, verdicts = below): number[] =>
    tested(using, {
      fields: fields.map((field) => (field === null ? null : Buffer.from(field))),
      states: fields.map(() => yes),
      verdicts,
      constant: typeof constant === 'number' ? constant : Buffer.from(constant),
      notation: point,
    })

  it('are numbers by their size, nothing where they are empty, and open where they are written oddly', () => {
    const fields = ['1', '2.50', '-3', '+9', '', null, '007', '1e5', 'x', ' 1', '12345678901234567']
    expect(judge(fields, 2.5)).toEqual([yes, no, yes, no, unknown, unknown, open, open, open, open, no])
  })

  it('are texts by their bytes, and empty text is not nothing', () => {
    expect(judge(['a', 'b', 'ba', '', null, 'B', 'é'], 'b')).toEqual([yes, no, no, yes, unknown, yes, open])
    const equal = { less: no, equal: yes, greater: no, nothing: unknown }
    expect(judge(['b', 'é', 'éa', '', null], 'é', equal)).toEqual([no, yes, no, no, unknown])
  })

  it('leave rows alone that are decided, and keep what is unknown until it is false', () => {
    const fields = ['1', '9', '1', '9', '1', '9', 'x'].map((text) => Buffer.from(text))
    const states = [no, no, unknown, unknown, open, open, unknown]
    const after = tested(using, { fields, states, verdicts: below, constant: 5, notation: point })
    expect(after).toEqual([no, no, unknown, no, open, open, open])
  })
})

test('the WASM module and its twin judge alike, whatever the bytes', () => {
  const digits = fc.string({ unit: fc.constantFrom(...Array.from('0123456789.,-+e ')), maxLength: 21 })
  const texts = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.string({ unit: fc.constantFrom('a', 'é', 'ê', '🙂', '\uE000') }),
  )
  const field = fc.oneof(
    digits.map((text) => Buffer.from(text)),
    texts.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 6 }),
    fc.constant(null),
  )
  const state = fc.constantFrom(no, yes, unknown, open)
  const verdict = fc.constantFrom(no, yes, unknown)
  const asked = fc.record({
    fields: fc.array(field, { maxLength: 20 }),
    verdicts: fc.record({ less: verdict, equal: verdict, greater: verdict, nothing: verdict }),
    constant: fc.oneof(
      fc.constantFrom(0, -1, 0.1, 1e300),
      fc.integer({ min: -200, max: 200 }),
      texts.map((text) => Buffer.from(text)),
    ),
    notation: fc.constantFrom(point, { decimal: 44, thousands: 46 }),
    seed: fc.array(state, { minLength: 20, maxLength: 20 }),
  })
  fc.assert(
    fc.property(asked, ({ seed, ...rest }) => {
      const request = { ...rest, states: seed.slice(0, rest.fields.length) }
      expect(tested(wasm, request)).toEqual(tested(twin, request))
    }),
    { numRuns: 3000 },
  )
})
