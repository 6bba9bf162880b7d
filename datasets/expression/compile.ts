import { assertNever } from '../../contract/invariant.ts'
import { functionNamed, functionList, signatureOf, type ExpressionFunction } from './functions.ts'
import { parseInstant } from './instants.ts'
import { arithmetic, comparison, conjunction, disjunction, isComparison } from './operators.ts'
import { parseExpression, type Binary, type Call, type Literal, type Name, type Node } from './parse.ts'
import { ExpressionError, type Scope, type StaticType, type Typed, type Value, type ValueType } from './types.ts'

/**
 * Expressions over the fields of a row: jsep parses, closures made here evaluate. Nothing a person writes is ever compiled as code, and
 * whatever does not fit together (an unknown name, text times a number) is refused with its place before a job exists.
 */
export function compileExpression<Row>(text: string, scope: Scope<Row>, wanted?: ValueType): Typed<Row> {
  const node = parseExpression(text)
  const typed = new Compiler(text, scope).compile(node)
  if (wanted === undefined || fits(typed.type, wanted)) return typed
  throw new ExpressionError(`the formula gives ${nameOf(typed.type)}, not ${nameOf(wanted)}`, text, node.at)
}

/** A part of an expression that has been understood. */
export function compileNode<Row>(node: Node, text: string, scope: Scope<Row>): Typed<Row> {
  return new Compiler(text, scope).compile(node)
}

/** What is wrong with an expression, or null. */
export function expressionComplaint<Row>(text: string, scope: Scope<Row>, wanted?: ValueType): string | null {
  try {
    compileExpression(text, scope, wanted)
    return null
  } catch (error) {
    if (error instanceof ExpressionError) return error.message
    throw error
  }
}

const constants = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
])

const isInstant = (type: StaticType): boolean => type === 'date' || type === 'timestamp'

function fits(type: StaticType, wanted: ValueType | 'any'): boolean {
  return wanted === 'any' || type === 'null' || type === wanted || (wanted === 'timestamp' && isInstant(type))
}

const nameOf = (type: StaticType): string =>
  ({
    number: 'a number',
    text: 'text',
    boolean: 'true or false',
    date: 'a date',
    timestamp: 'a timestamp',
    null: 'null',
  })[type]

class Compiler<Row> {
  readonly #text: string
  readonly #scope: Scope<Row>

  constructor(text: string, scope: Scope<Row>) {
    this.#text = text
    this.#scope = scope
  }

  compile(node: Node): Typed<Row> {
    switch (node.type) {
      case 'literal':
        return this.#literal(node)
      case 'name':
        return this.#name(node)
      case 'unary':
        return node.operator === 'not' ? this.#not(node.argument) : this.#signed(node.operator, node.argument)
      case 'binary':
        return this.#binary(node)
      case 'conditional':
        return this.#choice(this.#of(node.test, 'boolean'), node.yes, node.no)
      case 'call':
        return this.#call(node)
      default:
        return assertNever(node, 'formula')
    }
  }

  #refuse(why: string, at: number): never {
    throw new ExpressionError(why, this.#text, at)
  }

  /** A part that must be of one type. */
  #of(node: Node, wanted: ValueType): Typed<Row> {
    const typed = this.compile(node)
    return fits(typed.type, wanted)
      ? typed
      : this.#refuse(`this is ${nameOf(typed.type)}, not ${nameOf(wanted)}${remedy(typed.type, wanted)}`, node.at)
  }

  #literal({ value }: Literal): Typed<Row> {
    return constant(value, value === null ? 'null' : typeOfLiteral(value))
  }

  #name({ name, quoted, at }: Name): Typed<Row> {
    const column = this.#scope.column(name)
    if (column !== undefined) return column
    const value = quoted ? undefined : constants.get(name)
    if (value !== undefined) return constant(value, 'number')
    return this.#refuse(`unknown name "${name}" (${listed(this.#scope.names)})`, at)
  }

  #not(argument: Node): Typed<Row> {
    const { evaluate } = this.#of(argument, 'boolean')
    return {
      type: 'boolean',
      evaluate(row) {
        const value = evaluate(row)
        return value === null ? null : !value
      },
    }
  }

  #signed(operator: '+' | '-', argument: Node): Typed<Row> {
    const { evaluate } = this.#of(argument, 'number')
    if (operator === '+') return { type: 'number', evaluate }
    return {
      type: 'number',
      evaluate(row) {
        const value = evaluate(row)
        return value === null ? null : -Number(value)
      },
    }
  }

  #binary(node: Binary): Typed<Row> {
    const { operator, left, right } = node
    if (operator === 'and' || operator === 'or') {
      const pair = [this.#of(left, 'boolean').evaluate, this.#of(right, 'boolean').evaluate] as const
      return { type: 'boolean', evaluate: operator === 'and' ? conjunction(pair) : disjunction(pair) }
    }
    if (isComparison(operator)) return this.#comparison(node)
    const pair = [this.#of(left, 'number').evaluate, this.#of(right, 'number').evaluate] as const
    return { type: 'number', evaluate: arithmetic(operator, pair) }
  }

  #comparison({ operator, left, right }: Binary): Typed<Row> {
    const [one, other] = this.#alike(left, right)
    return { type: 'boolean', evaluate: comparison(operator, one.type, [one.evaluate, other.evaluate]) }
  }

  /** Two values of one type; text that stands beside a date is read as one. */
  #alike(left: Node, right: Node): [Typed<Row>, Typed<Row>] {
    const [one, other] = [this.compile(left), this.compile(right)]
    if (isInstant(one.type) && other.type === 'text') return [one, this.#asInstant(other, right)]
    if (isInstant(other.type) && one.type === 'text') return [this.#asInstant(one, left), other]
    if (areAlike(one.type, other.type))
      return one.type === 'null' ? [{ ...one, type: other.type }, other] : [one, other]
    return this.#refuse(
      `${nameOf(one.type)} cannot be compared with ${nameOf(other.type)}${remedy(one.type, other.type)}`,
      left.at,
    )
  }

  #asInstant({ constant: text }: Typed<Row>, { at }: Node): Typed<Row> {
    if (typeof text !== 'string')
      return this.#refuse('text cannot be compared with a date; write date(…) around it', at)
    const instant = parseInstant(text)
    return instant === null
      ? this.#refuse(`'${text}' is no date; write it as '2024-12-31'`, at)
      : constant(instant.ms, instant.type)
  }

  #choice(test: Typed<Row>, yes: Node, no: Node): Typed<Row> {
    const [one, other] = this.#alike(yes, no)
    const decide = test.evaluate
    return {
      type: one.type === 'null' ? other.type : one.type,
      evaluate: (row) => (decide(row) === true ? one.evaluate(row) : other.evaluate(row)),
    }
  }

  #call({ name, arguments: values, at }: Call): Typed<Row> {
    const called = functionNamed(name)
    if (called === undefined) return this.#refuse(`unknown function "${name}" (${nearest(name)})`, at)
    const most = called.more ? Infinity : called.takes.length
    const least = called.takes.length - called.optional
    if (values.length < least || values.length > most)
      this.#refuse(`"${called.name}" takes ${amount(least, most)}, not ${values.length}`, at)
    const typed = values.map((value, place) => this.#value(called, value, place))
    const types = typed.map(({ type }) => type)
    this.#checkAlike(called, types, at)
    return makeCall(called, typed)
  }

  #value(called: ExpressionFunction, node: Node, place: number): Typed<Row> {
    const wanted = called.takes[Math.min(place, called.takes.length - 1)]!
    if (wanted === 'any') return this.compile(node)
    const typed = this.compile(node)
    // A date written as text, where a date belongs.
    if (wanted === 'timestamp' && typed.type === 'text' && typed.constant !== undefined)
      return this.#asInstant(typed, node)
    return fits(typed.type, wanted) ? typed : this.#of(node, wanted)
  }

  #checkAlike({ name, alikeFrom }: ExpressionFunction, types: readonly StaticType[], at: number): void {
    if (alikeFrom === null) return
    const known = types.slice(alikeFrom).filter(isKnown)
    const odd = known.find((type) => !areAlike(known[0]!, type))
    if (odd !== undefined)
      this.#refuse(`"${name}" takes values of one type, not ${nameOf(known[0]!)} and ${nameOf(odd)}`, at)
  }
}

function constant<Row>(value: Value, type: StaticType): Typed<Row> {
  return { type, constant: value, evaluate: () => value }
}

const typeOfLiteral = (value: number | string | boolean): ValueType =>
  typeof value === 'number' ? 'number' : typeof value === 'string' ? 'text' : 'boolean'

const areAlike = (one: StaticType, other: StaticType): boolean =>
  one === other || one === 'null' || other === 'null' || (isInstant(one) && isInstant(other))

/** What a person may have meant. */
function remedy(type: StaticType, wanted: StaticType): string {
  const both = [type, wanted]
  if (both.includes('text') && both.includes('number'))
    return '; number(…) reads a number from text, quotes make text of a number'
  if (type === 'number' && wanted === 'boolean') return '; compare it with something'
  return ''
}

function amount(least: number, most: number): string {
  if (most === Infinity) return `at least ${least} value${least === 1 ? '' : 's'}`
  if (least === most) return `${most} value${most === 1 ? '' : 's'}`
  return `${least} to ${most} values`
}

const mostListed = 12

function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, mostListed)
    .map((name) => (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : `\`${name}\``))
  const more = names.length > mostListed ? ` and ${names.length - mostListed} more` : ''
  return `known: ${[...shown, 'pi', 'e'].join(', ')}${more}; text stands in quotes`
}

/** The functions that begin alike, or all. */
function nearest(name: string): string {
  const start = name.slice(0, 2).toLowerCase()
  const close = functionList.filter((each) => each.name.toLowerCase().startsWith(start))
  return close.length > 0
    ? `there are ${close.map(signatureOf).join(', ')}`
    : `known: ${functionList.map((each) => each.name).join(', ')}`
}

function makeCall<Row>(called: ExpressionFunction, typed: readonly Typed<Row>[]): Typed<Row> {
  const types = typed.map(({ type }) => type)
  const parts = typed.map(({ evaluate }) => evaluate)
  return {
    type: resultOf(called, types),
    evaluate(row) {
      const values = parts.map((evaluate) => evaluate(row))
      return !called.seesNulls && values.includes(null) ? null : called.compute(values, types)
    },
  }
}

function resultOf({ gives, alikeFrom }: ExpressionFunction, types: readonly StaticType[]): StaticType {
  if (gives === 'first') return types[0] ?? 'null'
  return gives === 'alike' ? (types.slice(alikeFrom ?? 0).find(isKnown) ?? 'null') : gives
}

const isKnown = (type: StaticType): boolean => type !== 'null'
