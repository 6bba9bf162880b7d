import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type CellEffect, cellStates, joinEffects } from './cellEffect.ts'
import { CellScanner } from './cells.ts'
import { RecordScanner } from './records.ts'
import type { CsvRules, Kernels } from './requests.ts'
import { bothKernels } from './testing/both.ts'
import { csvBytes, rules as someRules } from './testing/csv.ts'

const [wasm, twin] = bothKernels()
const comma: CsvRules = { delimiter: 44, quote: 34, escape: null, keepsBlank: true }

function scan(using: Kernels, text: string | Uint8Array, rules = comma): CellEffect {
  const bytes = Buffer.from(text)
  const scanner = new CellScanner(rules, { using, blockBytes: bytes.length })
  scanner.bytes.set(bytes)
  const effect = scanner.scan(bytes.length)
  scanner.release()
  return effect
}

function told(effect: CellEffect, entry: (typeof cellStates)[number]) {
  const index = cellStates.indexOf(entry)
  return [cellStates[effect.exits[index]!], effect.records[index], effect.firsts[index], effect.lasts[index]]
}

describe.each([
  ['the WASM module', wasm],
  ['its twin', twin],
])('a cell scanned by %s', (_, using) => {
  it('tells for each state at its entry how it ends, what starts in it and where', () => {
    const effect = scan(using, 'b\n"c\nd",e\nf')
    expect(told(effect, 'atRecord')).toEqual(['plain', 3, 0, 10])
    expect(told(effect, 'plain')).toEqual(['plain', 2, 2, 10])
    expect(told(effect, 'quoted')).toEqual(['plain', 2, 5, 10])
  })

  it('does not start a record behind its end', () => {
    expect(told(scan(using, 'a\n'), 'plain')).toEqual(['atRecord', 0, -1, -1])
    expect(told(scan(using, 'a\r'), 'plain')).toEqual(['afterReturn', 0, -1, -1])
    expect(told(scan(using, ''), 'quoted')).toEqual(['quoted', 0, -1, -1])
  })

  it('leaves an LF to the CR before it', () => {
    expect(told(scan(using, '\na'), 'afterReturn')).toEqual(['plain', 1, 1, 1])
    expect(told(scan(using, 'a'), 'afterReturn')).toEqual(['plain', 1, 0, 0])
  })
})

test('the WASM module and its twin tell the same of any bytes, in any dialect', () => {
  fc.assert(
    fc.property(csvBytes, someRules, (bytes, rules) => {
      expect(scan(wasm, bytes, rules)).toEqual(scan(twin, bytes, rules))
    }),
    { numRuns: 1000 },
  )
})

test('the effects of parts, joined, are the effect of the whole', () => {
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
  fc.assert(
    fc.property(csvBytes, someRules, cuts, (bytes, rules, points) => {
      const places = [0, ...points.map((point) => Math.floor(point * bytes.length)).sort((a, b) => a - b), bytes.length]
      const parts = places.slice(1).map((to, index) => scan(wasm, bytes.subarray(places[index], to), rules))
      expect(parts.reduce(joinEffects)).toEqual(scan(wasm, bytes, rules))
    }),
    { numRuns: 1000 },
  )
})

test('an input has as many records as its scan says start in it', () => {
  fc.assert(
    fc.property(csvBytes, someRules, (bytes, rules) => {
      const scanner = new RecordScanner(rules, { using: wasm, blockBytes: Math.max(1024, bytes.length * 4) })
      scanner.bytes.set(bytes)
      const block = scanner.scan(bytes.length, true)
      const effect = scan(wasm, bytes, rules)
      expect(effect.records[0]).toBe(block.records)
      expect(effect.firsts[0]).toBe(bytes.length === 0 ? -1 : 0)
      scanner.release()
    }),
    { numRuns: 1000 },
  )
})

test('bytes are counted up to the length that is given and not beyond', () => {
  fc.assert(
    fc.property(fc.uint8Array({ max: 3, maxLength: 300 }), fc.nat(300), (bytes, length) => {
      const counts = [wasm, twin].map((using) => {
        const region = using.memory.allocate(300)
        region.bytes.fill(1).set(bytes)
        const count = using.countByte(region, length, 1)
        region.free()
        return count
      })
      const whole = new Uint8Array(300).fill(1)
      whole.set(bytes)
      const expected = whole.subarray(0, length).filter((byte) => byte === 1).length
      expect(counts).toEqual([expected, expected])
    }),
  )
})
