import type { KernelMemory, Region } from './memory.ts'

/** What the kernels are asked and answer. The WASM module and its twins give the same answer to the same request, bit by bit. */
export interface Kernels {
  readonly memory: KernelMemory
  findRecords(request: RecordsRequest): RecordsAnswer
  /** See cellEffect.ts; one entry per state, in the order of `cellStates`. */
  scanCell(request: CellRequest): CellLane[]
  /** How often `byte` stands in the first `length` bytes of `input`. */
  countByte(input: Region, length: number, byte: number): number
}

/** A dialect of CSV in bytes. Inside quotes a doubled quote is one of the field's; `escape` makes the byte behind it ordinary. */
export interface DialectBytes {
  delimiter: number
  quote: number | null
  escape: number | null
}

export interface RecordsRequest {
  dialect: DialectBytes
  /** Its first `length` bytes, which begin where a record does. */
  input: Region
  length: number
  /** Nothing follows: a last record needs no line end. */
  isLast: boolean
  output: RecordsOutput
}

/** Offsets count from the input's first byte. */
export interface RecordsOutput {
  /** Per field: where it starts and ends, and its flags. At least 65. */
  starts: Region
  ends: Region
  flags: Region
  /** Per record: where it starts and how many fields it has. */
  recordStarts: Region
  recordFields: Region
  /** How many of each there is room for. */
  capacity: number
}

export interface RecordsAnswer {
  records: number
  fields: number
  /** Bytes of the records found. */
  consumed: number
  /** It stopped for want of room, not of bytes. */
  isFull: boolean
  /** The bytes end inside quotes. */
  endsInQuotes: boolean
}

export interface CellRequest {
  dialect: DialectBytes
  input: Region
  length: number
}

/** What a cell does to one state at its entry. */
export interface CellLane {
  exit: number
  /** Records that start in the cell. */
  records: number
  /** Offset at which the first of them starts, -1 for none. */
  first: number
}

/** Of a field. Without `stray` its place leaves the quotes around it out; with `quoted` and `stray` the place is the whole field. */
export const fieldFlags = {
  quoted: 1,
  /** Has doubled quotes or escapes to undo. Not told of a field that is quoted and stray. */
  escaped: 2,
  /** Has a quote where none may stand: in a field that does not begin with one, or with bytes between it and the field's end. */
  stray: 4,
  /** The input ends inside its quotes. */
  unclosed: 8,
} as const

export const lineFeed = 10
export const carriageReturn = 13
