import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Table } from '../../contract/table.ts'
import { compileExpression } from '../expression/compile.ts'
import { rowFlags, type RowBatch } from './batch.ts'
import { Condition } from './condition.ts'
import { FieldFault, type RowAt, rowScope } from './scope.ts'

const columns: Table['columns'] = [
  { name: 'n', type: 'integer' },
  { name: 'm', type: 'decimal' },
  { name: 't', type: 'text' },
  { name: 'u', type: 'unknown' },
  { name: 'd', type: 'date' },
]

function tableOf(notation: Pick<Table, 'decimal' | 'thousands'>): Table {
  return {
    format: 'csv',
    compression: null,
    encoding: 'utf-8',
    dialect: { delimiter: ',', quote: '"', escape: null, header: true },
    dataStart: 0,
    columns,
    ragged: 'reject',
    nulls: [],
    ...notation,
    dayFirst: false,
    flatten: true,
    part: null,
    query: null,
  }
}

function batchOf(rows: readonly (readonly (Uint8Array | null)[])[]): RowBatch {
  const fields = rows.flat()
  const starts = new Uint32Array(fields.length)
  const ends = new Uint32Array(fields.length)
  let at = 0
  for (const [index, field] of fields.entries()) {
    starts[index] = at
    at += field?.length ?? 0
    ends[index] = at
  }
  return {
    input: 0,
    rows: rows.length,
    columns: columns.length,
    bytes: Buffer.concat(fields.map((field) => field ?? Buffer.alloc(0))),
    starts,
    ends,
    flags: Uint8Array.from(fields, (field) => (field === null ? rowFlags.null : 0)),
    offsets: new Float64Array(rows.length),
    records: new Uint32Array(rows.length),
    raw: () => '',
  }
}

/** Whether it holds, or why the row cannot be used. */
function outcome(judge: () => boolean): boolean | string {
  try {
    return judge()
  } catch (error) {
    if (error instanceof FieldFault) return error.message
    throw error
  }
}

function agree(where: string, table: Table, batches: readonly RowBatch[]): void {
  const { evaluate } = compileExpression<RowAt>(where, rowScope(table), 'boolean')
  const condition = new Condition(where, table)
  for (const batch of batches) {
    condition.begin(batch)
    for (let row = 0; row < batch.rows; row++) {
      const found = outcome(() => condition.holds({ batch, row }))
      expect([where, found]).toEqual([where, outcome(() => evaluate({ batch, row }) === true)])
    }
  }
  condition.release()
}

const point = { decimal: '.', thousands: '' } as const
const operators = ['=', '!=', '<', '<=', '>', '>=']
const numbers = ['0', '-1', '+2', '1.5', '0.1', '1e3', '9007199254740993', '0.30000000000000004', 'pi', 'null']
const texts = ["'a'", "'é'", "''", "'ab'", "'🙂'", "'\uE000'", "'\uFFFD'", 'null']

const compared = (names: string[], constants: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...operators), fc.constantFrom(...constants), fc.boolean())
    .map(([name, operator, constant, turned]) =>
      turned ? `${constant} ${operator} ${name}` : `${name} ${operator} ${constant}`,
    )
const term = fc.oneof(
  { weight: 4, arbitrary: compared(['n', 'm', '`n`'], numbers) },
  { weight: 4, arbitrary: compared(['t', 'u'], texts) },
  fc.constantFrom('isNull(n)', 'not isNull(m)', 'isNull(t)', 'not isNull(u)', 'isNull(d)', 'not not isNull(n)'),
  fc.constantFrom(
    'n < m',
    "d > '2024-01-01'",
    'length(t) < 2',
    't = u',
    'n + 1 > m',
    'n > 1 or m > 1',
    '(n > 0 and m > 0)',
  ),
)
const where = fc.array(term, { minLength: 1, maxLength: 5 }).map((terms) => terms.join(' and '))

const number = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '1',
    '2',
    '1.5',
    '.1',
    '5.',
    '007',
    '1e3',
    '1.234',
    '1,5',
    '1.234,5',
    ' 2',
    'x',
    '1 000',
    '',
  ),
  fc.constantFrom('9007199254740993', '9007199254740992', '0.30000000000000004', '0.3', '1e999'),
  fc.integer({ min: -3, max: 3 }).map(String),
)
const text = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'é', '🙂', '\uE000', '\uFFFD', 'b').map((each) => Buffer.from(each)),
  fc.uint8Array({ maxLength: 3 }),
)
const nullable = <T>(field: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 6, arbitrary: field }, fc.constant(null))
const numeric = nullable(number.map((each) => Buffer.from(each)))
const day = nullable(fc.constantFrom('2024-02-01', '2023-01-01', 'x').map((each) => Buffer.from(each)))
const row = fc.tuple(numeric, numeric, nullable(text), nullable(text), day)
const batch = fc.array(row, { minLength: 1, maxLength: 12 }).map(batchOf)

test('a condition holds for the rows, and refuses those, of which evaluating it row by row says so', () => {
  const notation = fc.constantFrom(
    point,
    { decimal: ',', thousands: '.' } as const,
    {
      decimal: '.',
      thousands: ' ',
    } as const,
  )
  fc.assert(
    fc.property(where, notation, fc.array(batch, { maxLength: 3 }), (asked, marks, batches) => {
      agree(asked, tableOf(marks), batches)
    }),
    { numRuns: 3000 },
  )
})

test('a term that may refuse a row is asked before later ones, and not for rows that an earlier one leaves out', () => {
  const fields = (...texts: string[]): Buffer[] => texts.map((each) => Buffer.from(each))
  const rows = [fields('0', 'x', 'a', '', ''), fields('5', 'x', 'a', '', ''), fields('', 'x', 'a', '', '')]
  const said = (asked: string): (boolean | string)[] => {
    const condition = new Condition(asked, tableOf(point))
    const of = batchOf(rows)
    condition.begin(of)
    const found = rows.map((_, at) => outcome(() => condition.holds({ batch: of, row: at })))
    condition.release()
    return found
  }
  const fault = "'x' in column m is not a number"
  expect(said('n > 1 and m > 2')).toEqual([false, fault, fault])
  expect(said('n > 1 and m + 1 > 2')).toEqual([false, fault, fault])
  expect(said('m + 1 > 2 and n > 1')).toEqual([fault, fault, fault])
  expect(said('length(t) = 1 and n > 1 and m > 2')).toEqual([false, fault, fault])
  expect(said("t = 'b' and m > 2")).toEqual([false, false, false])
})

test('rows that grow in number and length from batch to batch', () => {
  const batches = [1, 5000, 30, 20_000].map((count) =>
    batchOf(
      Array.from({ length: count }, (_, at) =>
        [String(at % 7), String(at / 4), 'long'.repeat(at % 50), 'u', ''].map((each) => Buffer.from(each)),
      ),
    ),
  )
  agree("n > 3 and m < 1000.5 and t != 'long' and u = 'u'", tableOf(point), batches)
})
