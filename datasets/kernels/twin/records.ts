import { type RecordsAnswer, type RecordsRequest, fieldFlags, lineFeed } from '../requests.ts'
import { state, stepsOf } from './automaton.ts'

/** Fields that the next 64 bytes and the end of the input may need room for: it is looked for so often. */
const blockBytes = 64
const mostPerBlock = blockBytes + 1

/** Runs the automaton from byte to byte and keeps a field where it leaves one. */
export function findRecords(request: RecordsRequest): RecordsAnswer {
  const finder = new Finder(request)
  const { length, output } = request
  for (let at = 0; at < length; at++) {
    if (at % blockBytes === 0 && finder.fields + mostPerBlock > output.capacity) return finder.answer(true)
    finder.take(at)
  }
  finder.finish()
  return finder.answer(false)
}

class Finder {
  readonly #request: RecordsRequest
  readonly #bytes: Uint8Array
  readonly #steps: Uint8Array
  readonly #kept: Kept
  #now = state.atRecord
  #field = newField(0)

  constructor(request: RecordsRequest) {
    this.#request = request
    this.#bytes = request.input.bytes
    this.#steps = stepsOf(request.rules)
    this.#kept = new Kept(request)
  }

  /** Those of a record that has not ended included. */
  get fields(): number {
    return this.#kept.fields
  }

  take(at: number): void {
    const byte = this.#bytes[at]!
    const before = this.#now
    const now = this.#steps[256 * before + byte]!
    this.#now = now
    this.#note(before, at)
    if (now === state.atField) {
      this.#kept.keep(this.#field, at)
      this.#field = newField(at + 1)
    } else if (now === state.atRecord || (now === state.afterReturn && this.#isLineEnd(at))) {
      this.#kept.keep(this.#field, before === state.afterReturn && byte === lineFeed ? at - 1 : at)
      this.#kept.endRecord(at + 1)
      this.#field = newField(at + 1)
    }
  }

  /** A last record without a line end. */
  finish(): void {
    const { length, isLast } = this.#request
    if (!isLast || this.#kept.consumed >= length) return
    this.#field.isUnclosed = this.#isInQuotes()
    this.#kept.keep(this.#field, length)
    this.#kept.endRecord(length)
  }

  answer(isFull: boolean): RecordsAnswer {
    const { records, seen } = this.#kept
    return { records, isFull, endsInQuotes: !isFull && this.#isInQuotes(), seen }
  }

  /** Of the CR at `at`: the LF behind it is the line end, if there is one, which the bytes may not tell yet. */
  #isLineEnd(at: number): boolean {
    const { length, isLast } = this.#request
    return at + 1 < length ? this.#bytes[at + 1] !== lineFeed : isLast
  }

  #isInQuotes(): boolean {
    return this.#now === state.quoted || this.#now === state.quotedEscape
  }

  #note(before: number, at: number): void {
    const field = this.#field
    const isQuote = this.#bytes[at] === this.#request.rules.quote
    switch (this.#now) {
      case state.quoted:
        if (at === field.start) field.isQuoted = true
        if (before === state.quoteSeen) field.isEscaped = true
        break
      case state.plain:
        if (before === state.quoteSeen) field.hasJunk = true
        if (isQuote) field.isStray = true
        break
      case state.quotedEscape:
        field.isEscaped = true
        break
    }
  }
}

/** The field that is being read. */
interface Field {
  start: number
  isQuoted: boolean
  isEscaped: boolean
  hasJunk: boolean
  isStray: boolean
  isUnclosed: boolean
}

function newField(start: number): Field {
  return { start, isQuoted: false, isEscaped: false, hasJunk: false, isStray: false, isUnclosed: false }
}

/** Writes what is found to the caller's arrays. */
class Kept {
  readonly #starts: Uint32Array
  readonly #ends: Uint32Array
  readonly #flags: Uint8Array
  readonly #recordStarts: Uint32Array
  readonly #recordFields: Uint32Array
  fields = 0
  records = 0
  seen = 0
  /** The first byte and field of the record that has not ended yet. */
  consumed = 0
  #recordField = 0
  readonly #keepsBlank: boolean

  constructor({ output, rules }: RecordsRequest) {
    this.#starts = output.starts.words
    this.#ends = output.ends.words
    this.#flags = output.flags.bytes
    this.#recordStarts = output.recordStarts.words
    this.#recordFields = output.recordFields.words
    this.#keepsBlank = rules.keepsBlank
    this.#writeNext()
  }

  keep(field: Field, end: number): void {
    const { start, isQuoted, isUnclosed } = field
    const isWithout = isQuoted && !field.hasJunk
    const flags = start === end ? fieldFlags.null : flagsOf(field)
    this.#starts[this.fields] = isWithout ? start + 1 : start
    this.#ends[this.fields] = isWithout && !isUnclosed ? end - 1 : end
    this.#flags[this.fields] = flags
    this.seen |= flags
    this.fields++
  }

  endRecord(end: number): void {
    const isBlank = this.fields === this.#recordField + 1 && this.#flags[this.#recordField] === fieldFlags.null
    if (isBlank && !this.#keepsBlank) this.fields--
    else this.records++
    this.#recordField = this.fields
    this.consumed = end
    this.#writeNext()
  }

  /** Where the next record would start. */
  #writeNext(): void {
    this.#recordStarts[this.records] = this.consumed
    this.#recordFields[this.records] = this.#recordField
  }
}

function flagsOf({ isQuoted, isEscaped, hasJunk, isStray, isUnclosed }: Field): number {
  if (hasJunk) return fieldFlags.quoted | fieldFlags.junk
  if (!isQuoted) return isStray ? fieldFlags.stray : 0
  return fieldFlags.quoted | (isEscaped ? fieldFlags.escaped : 0) | (isUnclosed ? fieldFlags.unclosed : 0)
}
