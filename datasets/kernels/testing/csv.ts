import * as fc from 'fast-check'
import type { CsvRules } from '../requests.ts'

/** Bytes that mean something in some dialect, between runs of others long enough to cross blocks of 64 bytes. */
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('"', ',', '\n', '\r', '\\', '\r\n', ';', "'", '\t', 'a') },
  { weight: 2, arbitrary: fc.constantFrom('""', '","', '"\n"', '\\"', '\\\\', '\\\r\n', '"\r\n') },
  { weight: 2, arbitrary: fc.constantFrom('word', ' 12.5', 'é', '\0') },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 150 }).map((length) => 'x'.repeat(length)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 70 }).map((length) => '"x",'.repeat(length)) },
)

export const csvBytes = fc.array(piece, { maxLength: 120 }).map((pieces) => Buffer.from(pieces.join('')))

const byte = (text: string) => text.charCodeAt(0)

export const rules: fc.Arbitrary<CsvRules> = fc.record({
  delimiter: fc.constantFrom(byte(','), byte(';'), byte('\t')),
  quote: fc.constantFrom(byte('"'), byte("'"), null),
  escape: fc.constantFrom(byte('\\'), null),
  keepsBlank: fc.boolean(),
})
