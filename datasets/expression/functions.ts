import { dateParts, datePart, instantText, parseInstant, truncateInstant, truncations } from './instants.ts'
import { likePattern } from './like.ts'
import type { StaticType, Value, ValueType } from './types.ts'

/**
 * Every function that an expression may call, as data: what it takes, what it gives, what it does. A null among the values of a plain
 * function makes null without calling it; the few that look at nulls themselves say so.
 */
export interface ExpressionFunction {
  name: string
  /** The types of its values; the last one may come again and again with `more`. */
  takes: readonly (ValueType | 'any')[]
  /** How many of them may be left out at the end. */
  optional: number
  more: boolean
  /** `first`: what the first value is. `alike`: what those are that must be alike. */
  gives: ValueType | 'first' | 'alike'
  /** From this value on all must be of one type. */
  alikeFrom: number | null
  seesNulls: boolean
  summary: string
  compute: Compute
}

type Compute = (values: readonly Value[], types: readonly StaticType[]) => Value
type Definition = { compute: Compute } & Partial<
  Pick<ExpressionFunction, 'optional' | 'more' | 'seesNulls' | 'alikeFrom'>
>

/** `name(text, number) -> number` in one line, what it does in the next. */
function define(signature: string, summary: string, definition: Compute | Definition): ExpressionFunction {
  const [, name, values, gives] = /^(\w+)\((.*)\) -> (\w+)$/.exec(signature)!
  return {
    name: name!,
    takes: values!.split(', ').filter(Boolean) as ExpressionFunction['takes'],
    gives: gives as ExpressionFunction['gives'],
    optional: 0,
    more: false,
    seesNulls: false,
    alikeFrom: null,
    ...(typeof definition === 'function' ? { compute: definition } : definition),
    summary,
  }
}

const mathNames = [
  ...(['abs', 'sqrt', 'cbrt', 'exp', 'log', 'log2', 'log10', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan'] as const),
  ...(['sinh', 'cosh', 'tanh', 'floor', 'ceil', 'trunc', 'sign'] as const),
]

const n = (value: Value | undefined): number => value as number
const t = (value: Value | undefined): string => value as string

const ofNumbers = [
  ...mathNames.map((name) => define(`${name}(number) -> number`, `${name} of a number`, ([x]) => Math[name](n(x)))),
  define('round(number, number) -> number', 'to the nearest integer, or to so many decimals', {
    compute: roundTo,
    optional: 1,
  }),
  define('atan2(number, number) -> number', 'the angle of (x, y), given as y and x', ([y, x]) =>
    Math.atan2(n(y), n(x)),
  ),
  define('pow(number, number) -> number', 'the first to the power of the second', ([base, to]) => n(base) ** n(to)),
  define('min(number) -> number', 'the smallest', {
    compute: (values) => Math.min(...(values as number[])),
    more: true,
  }),
  define('max(number) -> number', 'the largest', {
    compute: (values) => Math.max(...(values as number[])),
    more: true,
  }),
  define('hypot(number) -> number', 'the root of the sum of squares', {
    compute: (values) => Math.hypot(...(values as number[])),
    more: true,
  }),
]

const ofText = [
  define('length(text) -> number', 'how many characters', ([text]) => Array.from(t(text)).length),
  define('lower(text) -> text', 'in lower case', ([text]) => t(text).toLowerCase()),
  define('upper(text) -> text', 'in upper case', ([text]) => t(text).toUpperCase()),
  define('trim(text) -> text', 'without white space at both ends', ([text]) => t(text).trim()),
  define('contains(text, text) -> boolean', 'whether the second occurs in the first', ([text, part]) =>
    t(text).includes(t(part)),
  ),
  define('startsWith(text, text) -> boolean', 'whether the first begins with the second', ([text, part]) =>
    t(text).startsWith(t(part)),
  ),
  define('endsWith(text, text) -> boolean', 'whether the first ends with the second', ([text, part]) =>
    t(text).endsWith(t(part)),
  ),
  define('like(text, text) -> boolean', 'whether it fits a pattern: % is any text, _ any one character', ([text, as]) =>
    likePattern(t(as))(t(text)),
  ),
  define('replace(text, text, text) -> text', 'every second in the first becomes the third', ([text, part, by]) =>
    t(part) === '' ? t(text) : t(text).replaceAll(t(part), () => t(by)),
  ),
  define('substring(text, number, number) -> text', 'from the n-th character on (the first is 1), at most so many', {
    compute: part,
    optional: 1,
  }),
  define('split(text, text, number) -> text', 'the n-th part between separators (the first is 1), or null', nthPart),
  define('concat(any) -> text', 'one after the other, nulls left out', {
    compute: concat,
    more: true,
    seesNulls: true,
  }),
]

const ofDates = [
  ...dateParts.map((name) =>
    define(`${name}(timestamp) -> number`, `the ${name} of a date or timestamp, in UTC`, ([ms]) =>
      datePart(name, n(ms)),
    ),
  ),
  ...truncations.map((to) => {
    const name = `startOf${to[0]!.toUpperCase()}${to.slice(1)}`
    const gives = to === 'hour' || to === 'minute' ? 'timestamp' : 'date'
    return define(`${name}(timestamp) -> ${gives}`, `the beginning of its ${to}`, ([ms]) => truncateInstant(to, n(ms)))
  }),
  define(
    'daysBetween(timestamp, timestamp) -> number',
    'days from the first to the second',
    ([from, to]) => (n(to) - n(from)) / 86_400_000,
  ),
  define('addDays(timestamp, number) -> first', 'so many days later', ([ms, days]) => n(ms) + n(days) * 86_400_000),
]

const ofAnything = [
  define('isNull(any) -> boolean', 'whether there is nothing', {
    compute: ([value]) => value === null,
    seesNulls: true,
  }),
  define('coalesce(any) -> alike', 'the first that is not null', {
    compute: (values) => values.find((value) => value !== null) ?? null,
    more: true,
    seesNulls: true,
    alikeFrom: 0,
  }),
  define('nullIf(any, any) -> alike', 'null when both are equal, else the first', {
    compute: ([one, other]) => (one === other ? null : one!),
    seesNulls: true,
    alikeFrom: 0,
  }),
  define('if(boolean, any, any) -> alike', 'the second when the first is true, else the third', {
    compute: ([test, yes, no]) => (test === true ? yes! : no!),
    seesNulls: true,
    alikeFrom: 1,
  }),
  define('oneOf(any, any) -> boolean', 'whether the first equals one of the others', {
    compute: ([value, ...others]) => others.includes(value ?? null),
    more: true,
    alikeFrom: 0,
  }),
  define('number(any) -> number', 'what the text says as a number; null when it says none', toNumber),
  define('text(any) -> text', 'as it would be written', ([value], [type]) => valueText(value!, type!)),
  define('date(any) -> date', 'the date that a text or timestamp says; null when it says none', ([value], [type]) => {
    const ms = instantOf(value!, type!)
    return ms === null ? null : truncateInstant('day', ms)
  }),
  define('timestamp(any) -> timestamp', 'the instant that a text says; null when it says none', ([value], [type]) =>
    instantOf(value!, type!),
  ),
]

export const functionList: readonly ExpressionFunction[] = [...ofNumbers, ...ofText, ...ofDates, ...ofAnything]
const byName = new Map(functionList.map((each) => [each.name.toLowerCase(), each]))

/** In any spelling of upper and lower case. */
export const functionNamed = (name: string): ExpressionFunction | undefined => byName.get(name.toLowerCase())

/** `round(number, [number])`: how a function is shown to the person who writes an expression. */
export function signatureOf({ name, takes, optional, more }: ExpressionFunction): string {
  const values = takes.map((type, at) => (at >= takes.length - optional ? `[${type}]` : type))
  return `${name}(${[...values, ...(more ? ['…'] : [])].join(', ')})`
}

/** A value as a file would have it. */
export function valueText(value: Value, type: StaticType): string {
  if (value === null) return ''
  if (type === 'date' || type === 'timestamp') return instantText({ type, ms: n(value) })
  return String(value)
}

/** Half away from zero, on the decimal digits that the number is written with. */
function roundTo([value, decimals = 0]: readonly Value[]): number {
  const [x, places] = [n(value), Math.trunc(n(decimals))]
  const shifted = shift(Math.abs(x), places)
  return Number.isFinite(shifted) ? Math.sign(x) * shift(Math.round(shifted), -places) : x
}

/** Moves the decimal point in the text of the number, which is exact where multiplying is not. */
function shift(x: number, places: number): number {
  const [digits, exponent = '0'] = String(x).split('e')
  return Number(`${digits}e${Number(exponent) + places}`)
}

function part([text, from, count]: readonly Value[]): string {
  const characters = Array.from(t(text))
  const start = Math.max(0, n(from) - 1)
  return characters.slice(start, count === undefined ? undefined : start + Math.max(0, n(count))).join('')
}

function nthPart([text, separator, nth]: readonly Value[]): Value {
  return t(separator) === '' ? null : (t(text).split(t(separator))[n(nth) - 1] ?? null)
}

function concat(values: readonly Value[], types: readonly StaticType[]): string {
  return values.map((value, at) => valueText(value, types[at]!)).join('')
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function toNumber([value]: readonly Value[]): Value {
  if (typeof value !== 'string') return Number(value)
  const text = value.trim()
  return decimal.test(text) ? Number(text) : null
}

function instantOf(value: Value, type: StaticType): number | null {
  if (type === 'date' || type === 'timestamp') return n(value)
  return typeof value === 'string' ? (parseInstant(value.trim())?.ms ?? null) : null
}
