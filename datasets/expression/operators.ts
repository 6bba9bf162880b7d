import { compareText } from './order.ts'
import type { BinaryOperator } from './parse.ts'
import type { Evaluate, StaticType, Value } from './types.ts'

/**
 * What two values make, by their types. Whatever a null takes part in is null, but for `and` and `or`, which may know without it. The
 * compiler has checked the types, so that the closures here need not.
 */
type Pair<Row> = readonly [Evaluate<Row>, Evaluate<Row>]

/** The arithmetic of doubles, as in JavaScript: dividing by zero gives an infinity. */
export function arithmetic<Row>(operator: BinaryOperator, [left, right]: Pair<Row>): Evaluate<Row> {
  switch (operator) {
    case '+':
      return numbers(left, right, (one, other) => one + other)
    case '-':
      return numbers(left, right, (one, other) => one - other)
    case '*':
      return numbers(left, right, (one, other) => one * other)
    case '/':
      return numbers(left, right, (one, other) => one / other)
    case '%':
      return numbers(left, right, (one, other) => one % other)
    case '**':
      return numbers(left, right, (one, other) => one ** other)
    default:
      throw new TypeError(`${operator} is no arithmetic`)
  }
}

function numbers<Row>(
  left: Evaluate<Row>,
  right: Evaluate<Row>,
  make: (one: number, other: number) => number,
): Evaluate<Row> {
  return (row) => {
    const one = left(row)
    const other = right(row)
    return one === null || other === null ? null : make(one as number, other as number)
  }
}

export type Verdict = (sign: number) => boolean

/** What a comparison makes of the sign of a difference. */
export const verdicts: Partial<Record<BinaryOperator, Verdict>> = {
  '==': (sign) => sign === 0,
  '!=': (sign) => sign !== 0,
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
}

export const isComparison = (operator: BinaryOperator): boolean => operator in verdicts

/** Text by its bytes, false before true, dates and numbers by size. Not-a-number is greater than every number and equal to itself. */
export function comparison<Row>(operator: BinaryOperator, type: StaticType, [left, right]: Pair<Row>): Evaluate<Row> {
  const verdict = verdicts[operator]
  if (verdict === undefined) throw new TypeError(`${operator} is no comparison`)
  const compare = type === 'text' ? compareTexts : compareNumbers
  return (row) => {
    const one = left(row)
    const other = right(row)
    return one === null || other === null ? null : verdict(compare(one, other))
  }
}

const compareTexts = (one: Value, other: Value): number =>
  one === other ? 0 : compareText(one as string, other as string)

function compareNumbers(one: Value, other: Value): number {
  const [left, right] = [Number(one), Number(other)]
  if (left < right) return -1
  if (left > right) return 1
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
}

export function conjunction<Row>([left, right]: Pair<Row>): Evaluate<Row> {
  return (row) => {
    const one = left(row)
    if (one === false) return false
    const other = right(row)
    return other === false ? false : one === null || other === null ? null : true
  }
}

export function disjunction<Row>([left, right]: Pair<Row>): Evaluate<Row> {
  return (row) => {
    const one = left(row)
    if (one === true) return true
    const other = right(row)
    return other === true ? true : one === null || other === null ? null : false
  }
}
