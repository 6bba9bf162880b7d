import type { KernelMemory, Region } from './memory.ts'
import type { RecordKernels } from './recordRequests.ts'
import type { TestKernels } from './testRequests.ts'

/** What the kernels are asked and answer. The WASM module and its twins give the same answer to the same request. */
export interface Kernels extends RecordKernels, TestKernels {
  readonly memory: KernelMemory
  findRecords(request: RecordsRequest): RecordsAnswer
  /** One entry per state, in the order of `cellStates` (cellEffect.ts). */
  scanCell(request: CellRequest): CellLane[]
  /** How often `byte` stands in the first `length` bytes of `input`. */
  countByte(input: Region, length: number, byte: number): number
  parseNumbers(request: NumbersRequest): void
  /** Of the first `count` fields that were parsed. */
  sumIntegers(parsed: NumbersOutput, count: number): IntegerSum
  /** Where it stops short, and in which slots, is each implementation's own. */
  countTokens(request: TokensRequest): TokensAnswer
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

/** Fields in bytes, wherever these lie. */
export interface FieldPlaces {
  bytes: Uint8Array
  starts: Uint32Array
  ends: Uint32Array
}

/** How numbers are written, in bytes. */
export interface Notation {
  decimal: number
  thousands: number | null
}

/**
 * Numbers are decimal literals with nothing around them: digits, a decimal mark among, before or behind them, an exponent. With thousands
 * marks all groups but the first have three digits, the first does not begin with a zero, no exponent follows.
 */
export interface NumbersRequest {
  fields: FieldPlaces
  /** Field `first` and every `stride`-th one behind it. */
  first: number
  stride: number
  count: number
  notation: Notation
  output: NumbersOutput
}

/** A value per field; what NumberReader says of them. */
export interface NumbersOutput {
  marks: Region
  scales: Region
  mantissas: Region
  values: Region
}

export const numberMarks = {
  /** The field is empty. */
  none: 0,
  integer: 1,
  decimal: 2,
  /** A number that has to be read in another way: with an exponent, with more than 18 digits, or no quotient of exact doubles. */
  other: 3,
  /** Digits only, of which the first is a zero: rather a code than a number. */
  padded: 4,
  text: 5,
} as const

/** Zeros when `count` is 0. */
export interface IntegerSum {
  count: number
  least: bigint
  greatest: bigint
  sum: bigint
}

/** A token is a run of bytes that are no white space; of `isWords`, of letters, digits, apostrophes and bytes that are not ASCII. */
export interface TokensRequest {
  input: Region
  /** From here to `length`, where no token goes on. */
  from: number
  length: number
  /** Capitals are made small, too. */
  isWords: boolean
  /**
   * Slots of 32 bytes, a power of two of them: the token and zeros behind it in 16 bytes, its length in four, four unused, and how often
   * it was met as a double, which is 0 in a free slot.
   */
  table: Region
  slots: number
  /** Slots in use. */
  size: number
  /** Where the tokens that are longer than `mostTokenBytes` start and end, and how many there is room for. */
  others: Region
  capacity: number
}

export interface TokensAnswer {
  /** Where it stopped, between tokens: before `length` when the table is half full or there is no room for more others. */
  consumed: number
  lines: number
  size: number
  others: number
}

export const mostTokenBytes = 16

export const lineFeed = 10
export const carriageReturn = 13
