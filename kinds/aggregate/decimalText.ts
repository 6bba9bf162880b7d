/**
 * Numbers with more digits than a double keeps, as text of one spelling per number: without exponent, plus sign and needless zeros. So
 * numbers that are too long for a double are still told apart. Pure.
 */
const mostDoubleDigits = 15
const decimal = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/

interface Decimal {
  isNegative: boolean
  /** Without zeros at either end; empty for 0. */
  digits: string
  /** How many digits stand before the point: the number is 0.digits * 10^point. */
  point: number
}

function parse(text: string): Decimal {
  const [, sign, whole = '', fraction = '', exponent = '0'] = decimal.exec(text) ?? []
  const all = whole + fraction
  const leading = /^0*/.exec(all)![0].length
  const digits = all.slice(leading).replace(/0+$/, '')
  return { isNegative: sign === '-' && digits !== '', digits, point: whole.length - leading + Number(exponent) }
}

/** The one spelling of a decimal literal when it has more digits than a double tells apart; else null. */
export function longDecimal(text: string): string | null {
  const { isNegative, digits, point } = parse(text)
  if (digits.length <= mostDoubleDigits) return null
  const size = point <= 0 ? `0.${'0'.repeat(-point)}${digits}` : withPoint(digits.padEnd(point, '0'), point)
  return isNegative ? `-${size}` : size
}

function withPoint(digits: string, point: number): string {
  return digits.length === point ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Exactly, by their values. */
export function compareDecimals(one: string, other: string): number {
  const [left, right] = [parse(one), parse(other)]
  const [leftSign, rightSign] = [signOf(left), signOf(right)]
  if (leftSign !== rightSign || leftSign === 0) return leftSign - rightSign
  if (left.point !== right.point) return leftSign * (left.point - right.point)
  return left.digits === right.digits ? 0 : left.digits < right.digits ? -leftSign : leftSign
}

function signOf({ isNegative, digits }: Decimal): number {
  return digits === '' ? 0 : isNegative ? -1 : 1
}
