import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { RecordScanner } from './records.ts'
import { type CsvRules, type Kernels, fieldFlags } from './requests.ts'
import { bothKernels } from './testing/both.ts'
import { csvBytes, rules as someRules } from './testing/csv.ts'

const { null: empty, quoted, escaped, junk, stray, unclosed } = fieldFlags
const [wasm, twin] = bothKernels()
const comma: CsvRules = { delimiter: 44, quote: 34, escape: null, keepsBlank: true }
const backslash: CsvRules = { delimiter: 44, quote: 34, escape: 92, keepsBlank: true }

interface Found {
  rows: string[][]
  flags: number[]
  places: [number, number][]
  recordStarts: number[]
  consumed: number
  endsInQuotes: boolean
}

function find(using: Kernels, text: string | Uint8Array, { rules = comma, isLast = true } = {}): Found {
  const input = Buffer.from(text)
  const scanner = new RecordScanner(rules, { using, blockBytes: Math.max(64, input.length) })
  scanner.bytes.set(input)
  const found: Found = { rows: [], flags: [], places: [], recordStarts: [], consumed: 0, endsInQuotes: false }
  const block = scanner.scan(input.length, isLast)
  expect(block.isFull).toBe(false)
  let field = 0
  for (let record = 0; record < block.records; record++) {
    const row: string[] = []
    for (; field < block.recordFields[record + 1]!; field++) {
      row.push(Buffer.from(block.field(field)).toString('latin1'))
      found.flags.push(block.flags[field]!)
      found.places.push([block.starts[field]!, block.ends[field]!])
    }
    found.rows.push(row)
    found.recordStarts.push(block.recordStarts[record]!)
  }
  expect(field).toBe(block.fields)
  found.consumed = block.consumed
  found.endsInQuotes = block.endsInQuotes
  scanner.release()
  return found
}

describe.each([
  ['the WASM module', wasm],
  ['its twin', twin],
])('records by %s', (_, using) => {
  const rows = (text: string, rules = comma) => find(using, text, { rules }).rows

  it('end at LF, CRLF and CR, all in one file, and at the end of the input', () => {
    expect(rows('a,b\nc\r\nd,\re')).toEqual([['a', 'b'], ['c'], ['d', ''], ['e']])
    expect(rows('a\n\nb\r\r\r\n')).toEqual([['a'], [''], ['b'], [''], ['']])
    expect(rows('')).toEqual([])
    expect(rows(',')).toEqual([['', '']])
  })

  it('keep delimiters and line ends that stand inside quotes', () => {
    expect(rows('"a,b","c\r\nd"\r\n"",x')).toEqual([
      ['a,b', 'c\r\nd'],
      ['', 'x'],
    ])
  })

  it('have doubled quotes undone', () => {
    const found = find(using, '"a""b","""",x\n')
    expect(found.rows).toEqual([['a"b', '"', 'x']])
    expect(found.flags).toEqual([quoted | escaped, quoted | escaped, 0])
  })

  it('take a quote inside an unquoted field for a byte of it', () => {
    const found = find(using, 'a"b,5" pipe\n"c",d"\n')
    expect(found.rows).toEqual([
      ['a"b', '5" pipe'],
      ['c', 'd"'],
    ])
    expect(found.flags).toEqual([stray, stray, quoted, stray])
  })

  it('keep what follows a closing quote, where no quote opens any more', () => {
    const found = find(using, '"a"b"c,"d" ,e\n')
    expect(found.rows).toEqual([['ab"c', 'd ', 'e']])
    expect(found.flags).toEqual([quoted | junk, quoted | junk, 0])
    expect(found.places[0]).toEqual([0, 6])
  })

  it('tell of a quote that is never closed', () => {
    const found = find(using, 'a,b\nc,"d\ne,f\n')
    expect(found.rows).toEqual([
      ['a', 'b'],
      ['c', 'd\ne,f\n'],
    ])
    expect(found.flags).toEqual([0, 0, 0, quoted | unclosed])
    expect(found.endsInQuotes).toBe(true)
    expect(found.recordStarts).toEqual([0, 4])
  })

  it('with an escape have the byte behind it as it is, inside quotes only', () => {
    expect(rows('a\\,b,"c\\"d"\n\\"e,"f\\\\"\n', backslash)).toEqual([
      ['a\\', 'b', 'c"d'],
      ['\\"e', 'f\\'],
    ])
    expect(rows('"a\\', backslash)).toEqual([['a\\']])
  })

  it('leave out lines with nothing on them where these are no records', () => {
    const found = find(using, '\n\r\na,b\n\r""\n,\n\n', { rules: { ...comma, keepsBlank: false } })
    expect(found.rows).toEqual([['a', 'b'], [''], ['', '']])
    expect(found.flags).toEqual([0, 0, quoted, empty, empty])
    expect(found.recordStarts).toEqual([3, 8, 11])
    expect(found.consumed).toBe(14)
  })

  it('without a quote have none that means anything', () => {
    expect(rows('"a\tb"\n', { delimiter: 9, quote: null, escape: null, keepsBlank: true })).toEqual([['"a', 'b"']])
  })

  it('are left for the next block while their end is not there, also when only an LF may be missing', () => {
    expect(find(using, 'a,b\nc,d', { isLast: false })).toMatchObject({ rows: [['a', 'b']], consumed: 4 })
    expect(find(using, 'a,b\nc\r', { isLast: false })).toMatchObject({ rows: [['a', 'b']], consumed: 4 })
    expect(find(using, 'a,b\nc\r', { isLast: true })).toMatchObject({ rows: [['a', 'b'], ['c']], consumed: 6 })
    expect(find(using, '"a\n', { isLast: false })).toMatchObject({ rows: [], consumed: 0, endsInQuotes: true })
  })

  it('with more fields than there is room for are found all the same', () => {
    const scanner = new RecordScanner(comma, { using, blockBytes: 4096 })
    scanner.bytes.fill(44)
    const one = scanner.scan(4096, true)
    expect([one.records, one.fields, one.consumed]).toEqual([1, 4097, 4096])
    scanner.bytes.fill(10)
    let records = 0
    const small = new RecordScanner(comma, { using, blockBytes: 4096 })
    small.bytes.fill(10)
    for (let left = 4096; left > 0;) {
      const block = small.scan(left, true)
      expect(block.isFull).toBe(block.consumed < left)
      records += block.records
      left -= block.consumed
    }
    expect(records).toBe(4096)
    scanner.release()
    small.release()
  })

  it('longer than the block are found when it has grown', () => {
    const scanner = new RecordScanner(comma, { using, blockBytes: 256 })
    const text = Buffer.from(`${'x'.repeat(300)},y\n`)
    scanner.bytes.set(text.subarray(0, 256))
    expect(scanner.scan(256, false).consumed).toBe(0)
    scanner.grow()
    scanner.bytes.set(text.subarray(256), 256)
    const block = scanner.scan(text.length, false)
    expect(Buffer.from(block.field(0)).toString()).toBe('x'.repeat(300))
    expect([block.records, block.fields]).toEqual([1, 2])
    scanner.release()
  })
})

test('the WASM module and its twin find the same in any bytes, in any dialect', () => {
  fc.assert(
    fc.property(csvBytes, someRules, fc.boolean(), (bytes, rules, isLast) => {
      expect(find(wasm, bytes, { rules, isLast })).toEqual(find(twin, bytes, { rules, isLast }))
    }),
    { numRuns: 1000 },
  )
})

test('what was written by the rules is read back, however it is cut into blocks', () => {
  const field = fc.string({
    unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ', ';', 'long word'),
    maxLength: 20,
  })
  const table = fc.array(fc.array(field, { minLength: 1, maxLength: 8 }), { maxLength: 20 })
  const ends = fc.constantFrom('\n', '\r\n', '\r')
  fc.assert(
    fc.property(table, ends, fc.boolean(), fc.integer({ min: 1, max: 200 }), (rows, end, quoteAll, step) => {
      const write = (text: string) =>
        quoteAll || /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text
      const text = Buffer.from(rows.map((row) => row.map(write).join(',') + end).join(''))
      for (const using of [wasm, twin]) expect(readInSteps(using, text, step)).toEqual(rows)
    }),
    { numRuns: 100 },
  )
})

/** As a reader does it: `step` bytes more each time, what was not consumed moved to the front. */
function readInSteps(using: Kernels, text: Buffer, step: number): string[][] {
  const scanner = new RecordScanner(comma, { using, blockBytes: 256 })
  const rows: string[][] = []
  let filled = 0
  let isLast = false
  for (let from = 0; !isLast; from += step) {
    const more = text.subarray(from, from + step)
    while (filled + more.length > scanner.bytes.length) scanner.grow()
    scanner.bytes.set(more, filled)
    filled += more.length
    isLast = from + step >= text.length
    for (let isDone = false; !isDone;) {
      const block = scanner.scan(filled, isLast)
      let field = 0
      for (let record = 0; record < block.records; record++) {
        const fields = block.recordFields[record + 1]! - field
        rows.push(Array.from({ length: fields }, (_, index) => Buffer.from(block.field(field + index)).toString()))
        field += fields
      }
      scanner.bytes.copyWithin(0, block.consumed, filled)
      filled -= block.consumed
      isDone = !block.isFull
    }
  }
  expect(filled).toBe(0)
  scanner.release()
  return rows
}
