import { kernels } from './kernels.ts'
import type { Region } from './memory.ts'
import { type CsvRules, type Kernels, type RecordsAnswer, type RecordsOutput, fieldFlags } from './requests.ts'

/**
 * Cuts blocks of CSV into records and fields. The caller reads a file straight into `bytes`, beginning where a record does, calls
 * `scan`, takes the records, moves what was not consumed to the front and reads on behind it. A record is found when all of it is
 * there: when a block holds not even one, `grow` makes room for more of it.
 */
/** Of one record: beyond it no room is made. A table of so many columns is none. */
export const mostFields = 2 ** 20

export class RecordScanner {
  readonly #kernels: Kernels
  readonly #rules: CsvRules
  #input: Region
  #output: RecordsOutput

  constructor(rules: CsvRules, { blockBytes = 256 * 1024, using = kernels() } = {}) {
    this.#kernels = using
    this.#rules = rules.escape === rules.quote ? { ...rules, escape: null } : rules
    this.#input = using.memory.allocate(blockBytes)
    this.#output = allocateOutput(using, Math.max(256, blockBytes >>> 2))
  }

  /** Where blocks are read to. Valid until kernels are used again. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#input.bytes
  }

  /** Doubles the room for a block; what has been read stays. */
  grow(): void {
    const old = this.#input
    this.#input = this.#kernels.memory.allocate(old.length * 2)
    this.#input.bytes.set(old.bytes)
    old.free()
  }

  /**
   * The complete records in the first `length` bytes; with `isLast` the last one need not have a line end. Full and without a record when the
   * first one has more than `mostFields`. Valid until the next call.
   */
  scan(length: number, isLast: boolean): RecordBlock {
    const scan = () =>
      this.#kernels.findRecords({ rules: this.#rules, input: this.#input, length, isLast, output: this.#output })
    let answer = scan()
    // One record has more fields than there is room for.
    while (answer.isFull && this.#output.recordStarts.words[answer.records] === 0) {
      const { capacity } = this.#output
      if (capacity >= mostFields) break
      freeOutput(this.#output)
      this.#output = allocateOutput(this.#kernels, capacity * 2)
      answer = scan()
    }
    return new RecordBlock(this.#rules, answer, { input: this.#input, output: this.#output })
  }

  release(): void {
    this.#input.free()
    freeOutput(this.#output)
  }
}

/** What `scan` found. Record r has the fields from `recordFields[r]` to before `recordFields[r + 1]`, and so for its bytes. */
export class RecordBlock {
  readonly records: number
  readonly fields: number
  readonly consumed: number
  /** There was more to find than room to tell of it: `scan` again behind what was consumed before reading on. */
  readonly isFull: boolean
  readonly endsInQuotes: boolean
  /** Flags of fields met, together: without `escaped` and `junk` all fields are what stands in their places. */
  readonly seen: number
  /** Offsets in `bytes`. What stands behind the last field and record means nothing. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly starts: Uint32Array<ArrayBuffer>
  readonly ends: Uint32Array<ArrayBuffer>
  /** See `fieldFlags`. */
  readonly flags: Uint8Array<ArrayBuffer>
  readonly recordStarts: Uint32Array<ArrayBuffer>
  readonly recordFields: Uint32Array<ArrayBuffer>
  readonly #rules: CsvRules

  constructor(rules: CsvRules, answer: RecordsAnswer, regions: { input: Region; output: RecordsOutput }) {
    this.#rules = rules
    this.records = answer.records
    this.isFull = answer.isFull
    this.endsInQuotes = answer.endsInQuotes
    this.seen = answer.seen
    this.bytes = regions.input.bytes
    this.starts = regions.output.starts.words
    this.ends = regions.output.ends.words
    this.flags = regions.output.flags.bytes
    this.recordStarts = regions.output.recordStarts.words
    this.recordFields = regions.output.recordFields.words
    this.fields = this.recordFields[this.records]!
    this.consumed = this.recordStarts[this.records]!
  }

  /** What the field says, its quotes and escapes undone. A part of `bytes` where nothing had to be. */
  field(index: number): Uint8Array {
    const place = this.bytes.subarray(this.starts[index], this.ends[index])
    const flags = this.flags[index]!
    return (flags & (fieldFlags.escaped | fieldFlags.junk)) === 0 ? place : undo(place, flags, this.#rules)
  }
}

function undo(field: Uint8Array, flags: number, { quote, escape }: CsvRules): Uint8Array {
  const said = new Uint8Array(field.length)
  let length = 0
  let isQuoted = true
  for (let at = (flags & fieldFlags.junk) === 0 ? 0 : 1; at < field.length; at++) {
    const byte = field[at]!
    if (isQuoted && byte === escape && at + 1 < field.length) {
      said[length++] = field[++at]!
    } else if (isQuoted && byte === quote) {
      if (field[at + 1] === quote) said[length++] = field[++at]!
      else isQuoted = false
    } else {
      said[length++] = byte
    }
  }
  return said.subarray(0, length)
}

function allocateOutput({ memory }: Kernels, capacity: number): RecordsOutput {
  return {
    starts: memory.allocate(capacity * 4),
    ends: memory.allocate(capacity * 4),
    flags: memory.allocate(capacity),
    recordStarts: memory.allocate((capacity + 1) * 4),
    recordFields: memory.allocate((capacity + 1) * 4),
    capacity,
  }
}

function freeOutput({ starts, ends, flags, recordStarts, recordFields }: RecordsOutput): void {
  for (const region of [starts, ends, flags, recordStarts, recordFields]) region.free()
}
