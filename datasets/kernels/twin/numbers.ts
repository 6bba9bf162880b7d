import { type IntegerSum, type Notation, type NumbersOutput, type NumbersRequest, numberMarks } from '../requests.ts'

/** By a grammar and the engine's own conversions. */
const mostDigits = 18
const mostExact = 2n ** 53n
const mostScale = 22
const latin1 = new TextDecoder('latin1')

export function parseNumbers({ fields, first, stride, count, notation, output }: NumbersRequest): void {
  const grammar = grammarOf(notation)
  for (let index = 0; index < count; index++) {
    const field = first + index * stride
    const text = latin1.decode(fields.bytes.subarray(fields.starts[field], fields.ends[field]))
    const number = readNumber(text, grammar)
    output.marks.bytes[index] = number.mark
    output.scales.bytes[index] = number.scale
    output.mantissas.longs[index] = number.mantissa
    output.values.doubles[index] = number.value
  }
}

/** The nearest doubles to texts; NaN for what is neither integer nor decimal. */
export function doublesIn(notation: Notation): (text: string) => number {
  const grammar = grammarOf(notation)
  return (text) => readNumber(text, grammar).value
}

interface ReadNumber {
  mark: number
  mantissa: bigint
  scale: number
  value: number
}

interface Grammar {
  plain: RegExp
  /** What may have its thousands marks taken out. */
  grouped: RegExp | null
  thousands: string
}

function grammarOf({ decimal, thousands }: Notation): Grammar {
  const quote = (byte: number) => `\\x${byte.toString(16).padStart(2, '0')}`
  const point = quote(decimal)
  const plain = new RegExp(`^([+-]?)(\\d*)(${point}\\d*)?([eE][+-]?\\d+)?$`)
  if (thousands === null) return { plain, grouped: null, thousands: '' }
  const grouped = new RegExp(`^[+-]?[1-9]\\d{0,2}(?:${quote(thousands)}\\d{3})+(?:${point}\\d+)?$`)
  return { plain, grouped, thousands: String.fromCharCode(thousands) }
}

function readNumber(text: string, { plain, grouped, thousands }: Grammar): ReadNumber {
  if (text === '') return other(numberMarks.none)
  const bare = grouped?.test(text) === true ? text.replaceAll(thousands, '') : text
  const [, sign = '', whole = '', point, power] = plain.exec(bare) ?? []
  const fraction = point?.slice(1) ?? ''
  if (whole + fraction === '') return other(numberMarks.text)
  if (power !== undefined) return other(numberMarks.other)
  if (point === undefined) return integer(sign, whole)
  return keepable({ mark: numberMarks.decimal, sign, whole, fraction })
}

/** Of what is no number that can be kept. */
function other(mark: number): ReadNumber {
  return { mark, mantissa: 0n, scale: 0, value: NaN }
}

function integer(sign: string, whole: string): ReadNumber {
  const isPadded = whole.length > 1 && whole.startsWith('0')
  return isPadded ? other(numberMarks.padded) : keepable({ mark: numberMarks.integer, sign, whole, fraction: '' })
}

interface Written {
  mark: number
  sign: string
  whole: string
  fraction: string
}

function keepable({ mark, sign, whole, fraction }: Written): ReadNumber {
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits.length > mostDigits) return other(numberMarks.other)
  const mantissa = BigInt(digits)
  const scale = fraction.length
  if (scale > mostScale || (scale > 0 && mantissa > mostExact)) return other(numberMarks.other)
  return {
    mark,
    mantissa: sign === '-' ? -mantissa : mantissa,
    scale,
    value: Number(`${sign}${whole || '0'}.${fraction}`),
  }
}

export function sumIntegers({ marks, mantissas }: NumbersOutput, count: number): IntegerSum {
  const integers = Array.from(mantissas.longs.subarray(0, count)).filter(
    (_, index) => marks.bytes[index] === numberMarks.integer,
  )
  const first = integers[0]
  if (first === undefined) return { count: 0, least: 0n, greatest: 0n, sum: 0n }
  return {
    count: integers.length,
    least: integers.reduce((least, value) => (value < least ? value : least), first),
    greatest: integers.reduce((greatest, value) => (value > greatest ? value : greatest), first),
    sum: integers.reduce((sum, value) => sum + value, 0n),
  }
}
