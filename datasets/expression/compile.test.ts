import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileExpression, expressionComplaint } from './compile.ts'
import { functionList, signatureOf, valueText } from './functions.ts'
import type { Scope, Value, ValueType } from './types.ts'

type Row = Record<string, Value>
const types: Record<string, ValueType> = {
  lat: 'number',
  name: 'text',
  open: 'boolean',
  day: 'date',
  at: 'timestamp',
  'Miles per gallon': 'number',
  'odd`name': 'text',
  e: 'number',
}
const scope: Scope<Row> = {
  names: Object.keys(types),
  column(name) {
    const type = Object.hasOwn(types, name) ? types[name] : undefined
    return type === undefined ? undefined : { type, evaluate: (row) => row[name]! }
  },
}
const row: Row = {
  lat: 40.5,
  name: 'Ærø',
  open: true,
  day: Date.UTC(2024, 1, 29),
  at: Date.UTC(2024, 11, 30, 13, 5, 9),
  'Miles per gallon': 18,
  'odd`name': 'x',
  e: 7,
}
const nothing: Row = Object.fromEntries(Object.keys(types).map((name) => [name, null]))

function outcome(text: string, of: Row = row): string | null {
  const { type, evaluate } = compileExpression(text, scope)
  const value = evaluate(of)
  return value === null ? null : valueText(value, type)
}

describe('an expression over the columns of a row', () => {
  test.each([
    ['lat > 40 and open', 'true'],
    ['lat > 40 && !open || name = "Ærø"', 'true'],
    ["not (name <> 'Ærø')", 'true'],
    ['`Miles per gallon` / 2', '9'],
    ["`odd``name` == 'x'", 'true'],
    ['e + 1', '8'],
    ['pi > 3', 'true'],
    ["day == '2024-02-29'", 'true'],
    ["'2024-03-01' > day", 'true'],
    ["at >= '2024-12-30T13:05:09Z' and at < '2024-12-30 13:05:10'", 'true'],
    ['day < at', 'true'],
    ["if(lat > 40, 'north', 'south')", 'north'],
    ["lat < 40 ? 'south' : 'north'", 'north'],
    ['if(open, null, 3)', null],
    ["oneOf(name, 'a', 'Ærø')", 'true'],
    ['length(name) * 10', '30'],
    ['upper(name)', 'ÆRØ'],
    ["contains(lower('ABC'), 'bc')", 'true'],
    ["like(name, '_r%')", 'true'],
    ["replace('a.b.c', '.', '$&')", 'a$&b$&c'],
    ["substring('smørrebrød', 3, 2)", 'ør'],
    ["substring('abc', 2)", 'bc'],
    ["split('a;b;c', ';', 2)", 'b'],
    ["split('a;b;c', ';', 4)", null],
    ["concat(name, ' ', lat, ' ', day, null)", 'Ærø 40.5 2024-02-29'],
    ['round(2.5)', '3'],
    ['round(-2.5)', '-3'],
    ['round(1.005, 2)', '1.01'],
    ['round(1234.5, -2)', '1200'],
    ["number(' 08 ') + 1", '9'],
    ["number('eight')", null],
    ['text(lat)', '40.5'],
    ['year(day) * 100 + month(day)', '202402'],
    ['week(at)', '1'],
    ['weekday(day)', '4'],
    ['quarter(at)', '4'],
    ['startOfMonth(at)', '2024-12-01'],
    ['startOfWeek(day)', '2024-02-26'],
    ['startOfHour(at)', '2024-12-30T13:00:00Z'],
    ["date('30.12.2024')", null],
    ["date('2024-12-30T23:00:00-02:00')", '2024-12-31'],
    ["daysBetween('2024-02-28', '2024-03-01')", '2'],
    ['addDays(day, 1)', '2024-03-01'],
    ['coalesce(null, lat)', '40.5'],
    ["nullIf(name, 'Ærø')", null],
    ['min(lat, e, 3)', '3'],
    ['LENGTH(name)', '3'],
  ])('%s is %s', (text, expected) => {
    expect(outcome(text)).toBe(expected)
  })

  test.each([
    ['lat > 1', null],
    ['lat > 1 and false', 'false'],
    ['false and lat > 1', 'false'],
    ['lat > 1 or true', 'true'],
    ['lat > 1 or false', null],
    ['not (lat > 1)', null],
    ['isNull(lat)', 'true'],
    ['lat == null', null],
    ['lat + 1', null],
    ['-lat', null],
    ['length(name)', null],
    ['coalesce(lat, 3)', '3'],
    ["if(lat > 1, 'yes', 'no')", 'no'],
    ['year(day)', null],
  ])('with nulls %s is %s', (text, expected) => {
    expect(outcome(text, nothing)).toBe(expected)
  })

  test.each([
    ['lon > 1', 'unknown name "lon" (known: lat, name, open, day, at, `Miles per gallon`'],
    ['`pi` > 1', 'unknown name "pi"'],
    ["lat == 'x'", 'a number cannot be compared with text; number(…) reads a number from text'],
    ['name + 1', 'this is text, not a number; number(…) reads a number from text'],
    ['1 + open', 'this is true or false, not a number at character 5: 1 + →open'],
    ['lat and open', 'this is a number, not true or false; compare it with something at character 1'],
    ["day > 'yesterday'", "'yesterday' is no date; write it as '2024-12-31' at character 7"],
    ['day > name', 'text cannot be compared with a date; write date(…) around it'],
    ["if(open, 1, 'a')", '"if" takes values of one type, not a number and text'],
    ["coalesce(1, 'a')", '"coalesce" takes values of one type'],
    ["oneOf(lat, 1, 'a')", '"oneOf" takes values of one type'],
    ['substring(name)', '"substring" takes 2 to 3 values, not 1'],
    ['startWith(name, "a")', 'there are startsWith(text, text), startOfYear(timestamp)'],
    ['lat', 'the formula gives a number, not true or false'],
    ['`lat', 'closing backtick'],
    ['``', 'closing backtick'],
    ["'a", 'Unclosed quote'],
    [`${'('.repeat(5000)}1${')'.repeat(5000)}`, 'too deep'],
    [`${'-'.repeat(900)}1`, 'too deep'],
    ['__proto__', 'unknown name "__proto__"'],
    ['constructor(name)', 'unknown function "constructor"'],
    ['lat.constructor', 'values, names, operators and functions only'],
  ])('%s is refused', (text, complaint) => {
    expect(expressionComplaint(text, scope, 'boolean')).toContain(complaint)
  })

  test('any text at all is understood or refused, never more', () => {
    const word = fc.constantFrom(
      'lat',
      'name',
      'open',
      'day',
      '`',
      "'",
      '(',
      ')',
      '<',
      'and',
      'not',
      '1',
      ',',
      'if',
      '?',
      ':',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          const complaint = expressionComplaint(text, scope)
          if (complaint !== null) expect(complaint).toMatch(/ at character \d+: /)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('text is compared by its bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        const { evaluate } = compileExpression<readonly [string, string]>('a < b', {
          names: ['a', 'b'],
          column: (name) => ({ type: 'text', evaluate: (pair) => pair[name === 'a' ? 0 : 1] }),
        })
        expect(evaluate([one, other])).toBe(Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0)
      }),
    )
  })
})

test('every function has a name of its own and shows what it takes', () => {
  expect(new Set(functionList.map(({ name }) => name.toLowerCase())).size).toBe(functionList.length)
  const signatures = functionList.map(signatureOf)
  expect(signatures).toContain('round(number, [number])')
  expect(signatures).toContain('coalesce(any, …)')
})
