import type { KernelMemory, Region } from './memory.ts'

/** What the kernels are asked and answer. The WASM module and its twins give the same answer to the same request, bit by bit. */
export interface Kernels {
  readonly memory: KernelMemory
  findRecords(request: RecordsRequest): RecordsAnswer
  /** One entry per state, in the order of `cellStates` (cellEffect.ts). */
  scanCell(request: CellRequest): CellLane[]
  /** How often `byte` stands in the first `length` bytes of `input`. */
  countByte(input: Region, length: number, byte: number): number
}

/**
 * A dialect of CSV, in bytes. LF, CRLF and CR end a record outside quotes. A quote opens at a field's start only; inside quotes a doubled
 * quote is one of the field's, and `escape` makes the byte behind it ordinary.
 */
export interface CsvRules {
  delimiter: number
  quote: number | null
  escape: number | null
  /** A line with nothing on it is a record, of one field. */
  keepsBlank: boolean
}

export interface RecordsRequest {
  rules: CsvRules
  /** Its first `length` bytes, which begin where a record does. */
  input: Region
  length: number
  /** Nothing follows: a last record needs no line end. */
  isLast: boolean
  output: RecordsOutput
}

/** Offsets count from the input's first byte. */
export interface RecordsOutput {
  /** Per field: where it starts and ends, and its flags. */
  starts: Region
  ends: Region
  flags: Region
  /** Per record where it starts and its first field, and once more where the next one would: record r has the fields [r, r + 1). */
  recordStarts: Region
  recordFields: Region
  /** How many of each there is room for, at least 65; of records one more. */
  capacity: number
}

export interface RecordsAnswer {
  records: number
  /** It stopped for want of room, not of bytes. */
  isFull: boolean
  /** The bytes end inside quotes. */
  endsInQuotes: boolean
  /** Flags of fields met, together; `null` may be missing. */
  seen: number
}

export interface CellRequest {
  rules: CsvRules
  input: Region
  length: number
}

/** What a cell does to one state at its entry. */
export interface CellLane {
  exit: number
  /** Records that start in the cell. */
  records: number
  /** Where in it the first and the last record or blank line starts, -1 for none. */
  first: number
  last: number
}

/** Of a field. Its place leaves the quotes around it out, unless it has `junk`: then it is the whole field. */
export const fieldFlags = {
  /** Nothing stands there, not even quotes. */
  null: 1,
  quoted: 2,
  /** Has doubled quotes or escapes to undo. Not told of a field with `junk`. */
  escaped: 4,
  /** Bytes stand behind its closing quote. */
  junk: 8,
  /** It is not quoted and has a quote. */
  stray: 16,
  /** The input ends inside its quotes. */
  unclosed: 32,
} as const

export const lineFeed = 10
export const carriageReturn = 13
