import jsep from 'jsep'
import { assertNever } from '../../contract/invariant.ts'

/**
 * Formulas in `x`: jsep parses, closures made here evaluate. Nothing a person writes is ever compiled as code, and whatever is not
 * arithmetic (strings, members, assignments, unknown names) is refused with its place before a job exists.
 */
export type Formula = (x: number) => number

class FormulaError extends Error {
  override name = 'FormulaError'

  constructor(why: string, text: string, at: number) {
    super(`${why} at character ${at + 1}: ${text.slice(0, at)}→${text.slice(at)}`)
  }
}

const constants = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
])

const one = [
  ...(['abs', 'sqrt', 'cbrt', 'exp', 'log', 'log2', 'log10', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan'] as const),
  ...(['sinh', 'cosh', 'tanh', 'floor', 'ceil', 'round', 'trunc', 'sign'] as const),
]
const two = ['atan2', 'pow'] as const
const any = ['min', 'max', 'hypot'] as const

interface Callable {
  /** How many arguments it takes; null for one or more. */
  takes: number | null
  call: (...values: number[]) => number
}

const functions = new Map<string, Callable>([
  ...one.map((name) => [name, { takes: 1, call: Math[name] }] as const),
  ...two.map((name) => [name, { takes: 2, call: Math[name] }] as const),
  ...any.map((name) => [name, { takes: null, call: Math[name] }] as const),
])

const operators = new Map<string, (left: Formula, right: Formula) => Formula>([
  ['+', (left, right) => (x) => left(x) + right(x)],
  ['-', (left, right) => (x) => left(x) - right(x)],
  ['*', (left, right) => (x) => left(x) * right(x)],
  ['/', (left, right) => (x) => left(x) / right(x)],
  ['%', (left, right) => (x) => left(x) % right(x)],
  ['**', (left, right) => (x) => left(x) ** right(x)],
])

/** Parentheses as the hook below keeps them. */
interface Group {
  type: 'Group'
  expression: jsep.Expression
  start: number
}
type Arithmetic =
  | jsep.Literal
  | jsep.Identifier
  | jsep.UnaryExpression
  | jsep.BinaryExpression
  | jsep.CallExpression
  | Group

const arithmetic = ['Literal', 'Identifier', 'UnaryExpression', 'BinaryExpression', 'CallExpression', 'Group']

function isArithmetic(node: jsep.CoreExpression | Group): node is Arithmetic {
  return arithmetic.includes(node.type)
}

teachJsep()

/** Arithmetic alone, and places: jsep itself forgets where a node stood and whether it stood in parentheses. */
function teachJsep(): void {
  jsep.removeAllBinaryOps()
  jsep.removeAllUnaryOps()
  jsep.removeAllLiterals()
  for (const operator of ['+', '-']) {
    jsep.addBinaryOp(operator, 9)
    jsep.addUnaryOp(operator)
  }
  for (const operator of ['*', '/', '%']) jsep.addBinaryOp(operator, 10)
  jsep.addBinaryOp('**', 11, true)
  jsep.hooks.add('gobble-token', function keepPlace(env) {
    const start = this.index
    if (this.char === '(') {
      const expression = this.gobbleGroup() as jsep.Expression | false
      if (expression === false) this.throwError('Nothing between the parentheses')
      else env.node = { type: 'Group', expression, start }
    } else if (/[A-Za-z\u0080-\uffff]/.test(this.char)) {
      const name = this.gobbleIdentifier()
      if (name !== undefined) env.node = { ...this.gobbleTokenProperty(name), start }
    }
  })
}

/** Throws a FormulaError that says what is wrong and where. */
export function compileFormula(text: string): Formula {
  if (text.trim() === '') throw new FormulaError('an empty formula', text, 0)
  return compile(parse(text), text)
}

/** What is wrong with a formula, or null. */
export function formulaComplaint(text: string): string | null {
  try {
    compileFormula(text)
    return null
  } catch (error) {
    if (error instanceof FormulaError) return error.message
    throw error
  }
}

function parse(text: string): jsep.Expression {
  try {
    return jsep(text)
  } catch (error) {
    if (!(error instanceof Error) || !('index' in error) || !('description' in error)) throw error
    throw new FormulaError(String(error.description), text, Math.min(Number(error.index), text.length))
  }
}

function compile(expression: jsep.Expression, text: string): Formula {
  const node = expression as jsep.CoreExpression | Group
  if (!isArithmetic(node))
    throw new FormulaError('a formula has numbers, x, operators and functions only', text, placeOf(node, text))
  switch (node.type) {
    case 'Literal':
      return compileLiteral(node, text)
    case 'Identifier':
      return compileName(node, text)
    case 'Group':
      return compile(node.expression, text)
    case 'UnaryExpression': {
      const argument = compile(node.argument, text)
      return node.operator === '-' ? (x) => -argument(x) : argument
    }
    case 'BinaryExpression':
      return compileBinary(node, text)
    case 'CallExpression':
      return compileCall(node, text)
    default:
      return assertNever(node, 'formula')
  }
}

function compileLiteral(node: jsep.Literal, text: string): Formula {
  const { value, raw } = node
  const place = placeOf(node, text)
  if (typeof value !== 'number') throw new FormulaError('a formula has numbers only', text, place)
  if (!Number.isFinite(value)) throw new FormulaError(`the number ${raw} is too large`, text, place)
  return () => value
}

function compileName(node: jsep.Identifier, text: string): Formula {
  if (node.name === 'x') return (x) => x
  const value = constants.get(node.name)
  if (value === undefined)
    throw new FormulaError(`unknown name "${node.name}" (x, pi and e are known)`, text, placeOf(node, text))
  return () => value
}

/** `-x ** 2` is one thing in mathematics and another in spreadsheets: as in JavaScript, parentheses must say which. */
function compileBinary(node: jsep.BinaryExpression, text: string): Formula {
  const place = placeOf(node, text)
  if (node.operator === '**' && node.left.type === 'UnaryExpression')
    throw new FormulaError('write (-a) ** b or -(a ** b): a sign before ** can mean either', text, place)
  const operator = operators.get(node.operator)
  if (operator === undefined) throw new FormulaError(`unknown operator "${node.operator}"`, text, place)
  return operator(compile(node.left, text), compile(node.right, text))
}

function compileCall(node: jsep.CallExpression, text: string): Formula {
  const refuse = (why: string): never => {
    throw new FormulaError(why, text, placeOf(node, text))
  }
  const callee = node.callee as jsep.Identifier
  if (callee.type !== 'Identifier') return refuse('only a function can be called by its name')
  const found = functions.get(callee.name)
  if (found === undefined) return refuse(`unknown function "${callee.name}"`)
  const { takes, call } = found
  const given = node.arguments.length
  if (takes === null ? given === 0 : given !== takes)
    return refuse(`"${callee.name}" takes ${takes ?? 'at least 1'} value${takes === 2 ? 's' : ''}, not ${given}`)
  const [first, second, ...others] = node.arguments.map((argument) => compile(argument, text))
  if (first === undefined) return refuse(`"${callee.name}" without a value`)
  if (second === undefined) return (x) => call(first(x))
  if (others.length === 0) return (x) => call(first(x), second(x))
  return (x) => call(first(x), second(x), ...others.map((other) => other(x)))
}

/** The first place that is known of a node or of what it holds. */
function placeOf(expression: object, text: string): number {
  if ('start' in expression && typeof expression.start === 'number') return expression.start
  if ('raw' in expression && typeof expression.raw === 'string') return Math.max(0, text.indexOf(expression.raw))
  for (const held of Object.values(expression).flat()) {
    if (typeof held === 'object' && held !== null) return placeOf(held, text)
  }
  return 0
}
