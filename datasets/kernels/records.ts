import { kernels } from './kernels.ts'
import type { Region } from './memory.ts'
import { type DialectBytes, type Kernels, type RecordsAnswer, type RecordsOutput, fieldFlags } from './requests.ts'

/**
 * Cuts blocks of CSV into records and fields. The caller reads a file straight into `bytes`, beginning where a record does, calls
 * `scan`, takes the records, moves what was not consumed to the front and reads on behind it. A record is found when all of it is
 * there: when a block holds not even one, `grow` makes room for more of it.
 */
export class RecordScanner {
  readonly #kernels: Kernels
  readonly #dialect: DialectBytes
  #input: Region
  #output: RecordsOutput

  constructor(dialect: DialectBytes, { blockBytes = 256 * 1024, using = kernels() } = {}) {
    this.#kernels = using
    this.#dialect = dialect.escape === dialect.quote ? { ...dialect, escape: null } : dialect
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

  /** The complete records in the first `length` bytes; with `isLast` the last one need not have a line end. Valid until the next call. */
  scan(length: number, isLast: boolean): RecordBlock {
    const scan = () =>
      this.#kernels.findRecords({ dialect: this.#dialect, input: this.#input, length, isLast, output: this.#output })
    let answer = scan()
    // One record has more fields than there is room for.
    while (answer.isFull && answer.records === 0) {
      const { capacity } = this.#output
      freeOutput(this.#output)
      this.#output = allocateOutput(this.#kernels, capacity * 2)
      answer = scan()
    }
    return new RecordBlock(this.#dialect, answer, { input: this.#input, output: this.#output })
  }

  release(): void {
    this.#input.free()
    freeOutput(this.#output)
  }
}

/** What `scan` found: fields one behind the other in the order of the records; record r has the next `recordFields[r]` of them. */
export class RecordBlock {
  readonly records: number
  readonly fields: number
  readonly consumed: number
  /** There was more to find than room to tell of it: `scan` again behind what was consumed before reading on. */
  readonly isFull: boolean
  readonly endsInQuotes: boolean
  /** Offsets in `bytes`; only the first `fields` or `records` of each array mean anything. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly starts: Uint32Array<ArrayBuffer>
  readonly ends: Uint32Array<ArrayBuffer>
  /** See `fieldFlags`. */
  readonly flags: Uint8Array<ArrayBuffer>
  readonly recordStarts: Uint32Array<ArrayBuffer>
  readonly recordFields: Uint32Array<ArrayBuffer>
  readonly #dialect: DialectBytes

  constructor(dialect: DialectBytes, answer: RecordsAnswer, regions: { input: Region; output: RecordsOutput }) {
    this.#dialect = dialect
    this.records = answer.records
    this.fields = answer.fields
    this.consumed = answer.consumed
    this.isFull = answer.isFull
    this.endsInQuotes = answer.endsInQuotes
    this.bytes = regions.input.bytes
    this.starts = regions.output.starts.words
    this.ends = regions.output.ends.words
    this.flags = regions.output.flags.bytes
    this.recordStarts = regions.output.recordStarts.words
    this.recordFields = regions.output.recordFields.words
  }

  /** What the field says, its quotes and escapes undone. A part of `bytes` where nothing had to be. */
  field(index: number): Uint8Array {
    const place = this.bytes.subarray(this.starts[index], this.ends[index])
    const flags = this.flags[index]!
    const isRaw = (flags & fieldFlags.escaped) === 0 && (flags & (fieldFlags.quoted | fieldFlags.stray)) !== 5
    return isRaw ? place : undo(place, flags, this.#dialect)
  }
}

function undo(field: Uint8Array, flags: number, { quote, escape }: DialectBytes): Uint8Array {
  const said = new Uint8Array(field.length)
  let length = 0
  let isQuoted = (flags & fieldFlags.quoted) !== 0
  const opening = isQuoted && (flags & fieldFlags.stray) !== 0 ? 1 : 0
  for (let at = opening; at < field.length; at++) {
    const byte = field[at]!
    if (byte === escape && at + 1 < field.length) {
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
    recordStarts: memory.allocate(capacity * 4),
    recordFields: memory.allocate(capacity * 4),
    capacity,
  }
}

function freeOutput({ starts, ends, flags, recordStarts, recordFields }: RecordsOutput): void {
  for (const region of [starts, ends, flags, recordStarts, recordFields]) region.free()
}
