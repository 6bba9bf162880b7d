import { compileExpression, compileNode } from './compile.ts'
import { functionNamed } from './functions.ts'
import { type Verdict, verdicts } from './operators.ts'
import { parseExpression, type Node } from './parse.ts'
import type { Evaluate, Scope } from './types.ts'

/**
 * A condition as the terms that `and` joins, so that those which compare a column with a constant can be evaluated in another way than row by
 * row. Terms are evaluated from left to right up to the first that is false.
 */
export interface Conjunction<Row> {
  whole: Evaluate<Row>
  terms: Term<Row>[]
}

export interface Term<Row> {
  evaluate: Evaluate<Row>
  /** Names in it that may be columns. */
  names: string[]
  /** What it is where it is no more than a column beside a constant. */
  test: ColumnTest | null
}

/** Whether a term holds of a column that is less than the constant, equal to it, greater, or null. */
export interface ColumnTest {
  column: string
  /** Null where it does not matter: the term asks only whether there is something. */
  constant: number | string | null
  less: boolean
  equal: boolean
  greater: boolean
  /** Null: nobody knows. */
  nothing: boolean | null
}

export function compileConjunction<Row>(text: string, scope: Scope<Row>): Conjunction<Row> {
  const whole = compileExpression(text, scope, 'boolean').evaluate
  const terms = termsOf(parseExpression(text)).map((node) => ({
    evaluate: compileNode(node, text, scope).evaluate,
    names: namesIn(node),
    test: nullTestOf(node) ?? comparisonOf(node),
  }))
  return { whole, terms }
}

function termsOf(node: Node): Node[] {
  return node.type === 'binary' && node.operator === 'and' ? [...termsOf(node.left), ...termsOf(node.right)] : [node]
}

function namesIn(node: Node): string[] {
  if (node.type === 'name') return [node.name]
  return partsOf(node).flatMap(namesIn)
}

function partsOf(node: Node): Node[] {
  switch (node.type) {
    case 'unary':
      return [node.argument]
    case 'binary':
      return [node.left, node.right]
    case 'conditional':
      return [node.test, node.yes, node.no]
    case 'call':
      return node.arguments
    default:
      return []
  }
}

/** `isNull(column)`, or the opposite of it. */
function nullTestOf(node: Node): ColumnTest | null {
  if (node.type === 'unary' && node.operator === 'not') {
    const test = nullTestOf(node.argument)
    return test === null
      ? null
      : { ...test, less: !test.less, equal: !test.equal, greater: !test.greater, nothing: !test.nothing }
  }
  if (node.type !== 'call' || functionNamed(node.name)?.name !== 'isNull') return null
  const [argument] = node.arguments
  if (argument?.type !== 'name') return null
  return { column: argument.name, constant: null, less: false, equal: false, greater: false, nothing: true }
}

function comparisonOf(node: Node): ColumnTest | null {
  const verdict = node.type === 'binary' ? verdicts[node.operator] : undefined
  if (node.type !== 'binary' || verdict === undefined) return null
  if (node.left.type === 'name') return testOf(node.left.name, constantIn(node.right), verdict)
  if (node.right.type !== 'name') return null
  return testOf(node.right.name, constantIn(node.left), (sign) => verdict(-sign))
}

function testOf(column: string, constant: ColumnTest['constant'], verdict: Verdict): ColumnTest | null {
  if (constant === null) return null
  return { column, constant, less: verdict(-1), equal: verdict(0), greater: verdict(1), nothing: null }
}

/** A number, with a sign if it has one, or a text. */
function constantIn(node: Node): number | string | null {
  if (node.type === 'literal') return typeof node.value === 'boolean' ? null : node.value
  if (node.type !== 'unary' || node.operator === 'not') return null
  const value = constantIn(node.argument)
  if (typeof value !== 'number') return null
  return node.operator === '-' ? -value : value
}
