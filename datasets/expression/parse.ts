import jsep from 'jsep'
import { ExpressionError } from './types.ts'

/**
 * Text to a tree of the few things that expressions are made of. jsep parses; what it would take beyond them (members, arrays,
 * assignments, sequences) is refused with its place. Column names that are no identifiers stand between backticks.
 */
export type Node = Literal | Name | Unary | Binary | Conditional | Call

interface Placed {
  /** The first character of the text that it is about. */
  at: number
}
export interface Literal extends Placed {
  type: 'literal'
  value: number | string | boolean | null
}
export interface Name extends Placed {
  type: 'name'
  name: string
  /** In backticks it can be a column only. */
  quoted: boolean
}
export interface Unary extends Placed {
  type: 'unary'
  operator: UnaryOperator
  argument: Node
}
export interface Binary extends Placed {
  type: 'binary'
  operator: BinaryOperator
  left: Node
  right: Node
}
export interface Conditional extends Placed {
  type: 'conditional'
  test: Node
  yes: Node
  no: Node
}
export interface Call extends Placed {
  type: 'call'
  name: string
  arguments: Node[]
}

export type UnaryOperator = '-' | '+' | 'not'
export type BinaryOperator = 'or' | 'and' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '**'

/** Every spelling with what it means and how strongly it binds. */
const binaryOperators: Record<string, { means: BinaryOperator; binds: number }> = {
  or: { means: 'or', binds: 1 },
  '||': { means: 'or', binds: 1 },
  and: { means: 'and', binds: 2 },
  '&&': { means: 'and', binds: 2 },
  '=': { means: '==', binds: 6 },
  '==': { means: '==', binds: 6 },
  '!=': { means: '!=', binds: 6 },
  '<>': { means: '!=', binds: 6 },
  '<': { means: '<', binds: 7 },
  '<=': { means: '<=', binds: 7 },
  '>': { means: '>', binds: 7 },
  '>=': { means: '>=', binds: 7 },
  '+': { means: '+', binds: 9 },
  '-': { means: '-', binds: 9 },
  '*': { means: '*', binds: 10 },
  '/': { means: '/', binds: 10 },
  '%': { means: '%', binds: 10 },
  '**': { means: '**', binds: 11 },
}
const unaryOperators: Record<string, UnaryOperator> = { '-': '-', '+': '+', '!': 'not', not: 'not' }

/** Deeper trees are refused, so that no text can exhaust the stack. */
const mostDepth = 200

/** What the hook below makes of a token: jsep itself forgets where one stood and whether it stood in parentheses. */
interface Marked {
  start?: number
  quoted?: boolean
}
interface Group extends Marked {
  type: 'Group'
  expression: jsep.Expression
}

teachJsep()

function teachJsep(): void {
  jsep.removeAllBinaryOps()
  jsep.removeAllUnaryOps()
  jsep.removeAllLiterals()
  for (const [operator, { binds }] of Object.entries(binaryOperators))
    jsep.addBinaryOp(operator, binds, operator === '**')
  for (const operator of Object.keys(unaryOperators)) jsep.addUnaryOp(operator)
  jsep.hooks.add('gobble-token', function keepPlace(env) {
    const start = this.index
    if (this.char === '(') {
      const expression = this.gobbleGroup() as jsep.Expression | false
      if (expression === false) this.throwError('Nothing between the parentheses')
      else env.node = { type: 'Group', expression, start }
    } else if (this.char === '`') {
      env.node = { type: 'Identifier', name: quotedName(this), start, quoted: true }
    } else if (/["'\d.]/.test(this.char)) {
      const literal = /["']/.test(this.char) ? this.gobbleStringLiteral() : this.gobbleNumericLiteral()
      if (literal !== undefined) env.node = { ...literal, start }
    } else if (/[\p{L}_$]/u.test(this.char) && !startsWithNot(this)) {
      const name = this.gobbleIdentifier()
      if (name !== undefined) env.node = { ...this.gobbleTokenProperty(name), start }
    }
  })
}

/** The one operator before a value that looks like a name. */
function startsWithNot({ expr, index }: jsep.HookScope): boolean {
  return /^not(?![\p{L}\p{N}_$])/u.test(expr.slice(index, index + 4))
}

/** Between backticks; a doubled one stands for itself. */
function quotedName(scope: jsep.HookScope): string {
  const found = /^`((?:[^`]|``)+)`/.exec(scope.expr.slice(scope.index))
  if (found === null) return scope.throwError('A column name without its closing backtick')
  scope.index += found[0].length
  return found[1]!.replaceAll('``', '`')
}

export function parseExpression(text: string): Node {
  if (text.trim() === '') throw new ExpressionError('an empty formula', text, 0)
  return new Reader(text).read(parse(text), 0)
}

function parse(text: string): jsep.Expression {
  try {
    return jsep(text)
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError('a formula too deep to read', text, 0)
    if (!(error instanceof Error) || !('index' in error) || !('description' in error)) throw error
    throw new ExpressionError(String(error.description), text, Math.min(Number(error.index), text.length))
  }
}

/** From jsep's tree to ours. */
class Reader {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  read(expression: jsep.Expression, depth: number): Node {
    const node = expression as (jsep.CoreExpression | Group) & Marked
    const at = placeOf(node, this.#text)
    if (depth > mostDepth) throw new ExpressionError('a formula too deep to read', this.#text, at)
    const read = (inner: jsep.Expression): Node => this.read(inner, depth + 1)
    switch (node.type) {
      case 'Group':
        return read(node.expression)
      case 'Literal':
        return { type: 'literal', at, value: this.#literal(node, at) }
      case 'Identifier':
        return this.#name(node, at)
      case 'UnaryExpression':
        return { type: 'unary', at, operator: unaryOperators[node.operator]!, argument: read(node.argument) }
      case 'BinaryExpression':
        this.#checkSign(node, at)
        return {
          type: 'binary',
          at,
          operator: binaryOperators[node.operator]!.means,
          left: read(node.left),
          right: read(node.right),
        }
      case 'ConditionalExpression':
        return { type: 'conditional', at, test: read(node.test), yes: read(node.consequent), no: read(node.alternate) }
      case 'CallExpression':
        return { type: 'call', at, name: this.#callee(node, at), arguments: node.arguments.map(read) }
      default:
        throw new ExpressionError('a formula has values, names, operators and functions only', this.#text, at)
    }
  }

  #literal({ value, raw }: jsep.Literal, at: number): Literal['value'] {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new ExpressionError(`the number ${raw} is too large`, this.#text, at)
    if (typeof value === 'number' || typeof value === 'string') return value
    throw new ExpressionError('a formula has values, names, operators and functions only', this.#text, at)
  }

  #name({ name, quoted = false }: jsep.Identifier & Marked, at: number): Name | Literal {
    const literal = quoted ? undefined : namedLiterals.get(name)
    return literal === undefined ? { type: 'name', at, name, quoted } : { type: 'literal', at, value: literal.value }
  }

  #callee({ callee }: jsep.CallExpression, at: number): string {
    const { type, name } = callee as jsep.Identifier
    if (type !== 'Identifier') throw new ExpressionError('only a function can be called by its name', this.#text, at)
    return name
  }

  /** `-x ** 2` is one thing in mathematics and another in spreadsheets: as in JavaScript, parentheses must say which. */
  #checkSign({ operator, left }: jsep.BinaryExpression, at: number): void {
    if (operator === '**' && left.type === 'UnaryExpression')
      throw new ExpressionError('write (-a) ** b or -(a ** b): a sign before ** can mean either', this.#text, at)
  }
}

const namedLiterals = new Map<string, { value: boolean | null }>([
  ['true', { value: true }],
  ['false', { value: false }],
  ['null', { value: null }],
])

/** The first place that is known of a node or of what it holds. */
function placeOf(expression: object, text: string): number {
  if ('start' in expression && typeof expression.start === 'number') return expression.start
  if ('raw' in expression && typeof expression.raw === 'string') return Math.max(0, text.indexOf(expression.raw))
  for (const held of Object.values(expression).flat()) {
    if (typeof held === 'object' && held !== null) return placeOf(held, text)
  }
  return 0
}
