import { BadJson, nameEnd, skipSpace, stringEnd, valueEnd } from './scan.ts'

/** The members of an object, nested ones by their path. Names and strings may hold escapes. */
export interface Member {
  /** Where its value stands; of a string, what is between the quotes. */
  start: number
  end: number
  kind: 'text' | 'null' | 'other'
  /** The value has escapes to undo. */
  isEscaped: boolean
}

/** A name at a place in the tree of names: what comes below it, or the value's number. */
export class NameTree {
  readonly #children = new Map<string, NameTree>()
  readonly path: string
  /** Its column, -1 where it has none. */
  column = -1

  constructor(path = '') {
    this.path = path
  }

  /** The columns by their paths. A name may itself hold a point. */
  static of(columns: readonly string[]): Map<string, number> {
    return new Map(columns.map((name, index) => [name, index]))
  }

  /** The child of that name, made when first met; `columns` gives it its number. */
  child(name: string, columns: ReadonlyMap<string, number>): NameTree {
    const known = this.#children.get(name)
    if (known !== undefined) return known
    const made = new NameTree(this.path === '' ? name : `${this.path}.${name}`)
    made.column = columns.get(made.path) ?? -1
    // A hostile file must not fill the memory with names.
    if (this.#children.size < 10_000) this.#children.set(name, made)
    return made
  }
}

export interface MemberRules {
  bytes: Uint8Array
  to: number
  flatten: boolean
  columns: ReadonlyMap<string, number>
  visit: (member: Member, of: NameTree) => void
}

const quote = 34
const backslash = 92
const deepest = 100

/** Visits the members of the object that begins at `from` in order; returns its end. Arrays, and objects unless flattened, are one value. */
export function visitMembers(from: number, rules: MemberRules, at: { tree: NameTree; depth: number }): number {
  const { bytes, to } = rules
  if (at.depth > deepest) throw new BadJson(`objects are nested more than ${deepest} deep`)
  let place = skipSpace(bytes, from + 1, to)
  if (bytes[place] === 0x7d && place < to) return place + 1
  for (;;) {
    const value = nameEnd(bytes, place, to)
    const child = at.tree.child(nameAt(bytes, place, to), rules.columns)
    place = skipSpace(bytes, visitValue(value, rules, { tree: child, depth: at.depth }), to)
    if (place >= to) throw new BadJson('it ends inside an object')
    if (bytes[place] === 0x7d) return place + 1
    if (bytes[place] !== 0x2c) throw new BadJson('a comma is missing')
    place = skipSpace(bytes, place + 1, to)
  }
}

function visitValue(from: number, rules: MemberRules, at: { tree: NameTree; depth: number }): number {
  const { bytes, to } = rules
  const first = bytes[from]
  if (first === 0x7b && rules.flatten) return visitMembers(from, rules, { tree: at.tree, depth: at.depth + 1 })
  const end = valueEnd(bytes, from, { to })
  if (first === quote) {
    const isEscaped = bytes.subarray(from, end).includes(backslash)
    rules.visit({ start: from + 1, end: end - 1, kind: 'text', isEscaped }, at.tree)
  } else rules.visit({ start: from, end, kind: first === 0x6e ? 'null' : 'other', isEscaped: false }, at.tree)
  return end
}

function nameAt(bytes: Uint8Array, from: number, to: number): string {
  const end = stringEnd(bytes, from, to)
  const text = textOf(bytes, from, end)
  return text.includes('\\') ? (JSON.parse(text) as string).toWellFormed() : text.slice(1, -1)
}

export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', from, to)
}
