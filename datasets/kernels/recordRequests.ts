import type { Region } from './memory.ts'

/** What the kernels that sort and distribute records are asked and answer. */
export interface RecordKernels {
  /** The whole records in a stretch of bytes. */
  placeRecords(request: PlaceRequest): PlacedAnswer
  /** Keyed records of lines that are decimals (decimalKey.ts), as far as there is room and up to a line that has to be read by itself, of which there may be any. */
  keyDecimals(request: DecimalRequest): DecimalAnswer
  /** By the bytes of their keys, a key before those that it begins; equal ones stay in the order in which they came. */
  sortRecords(request: SortRequest): void
  /** Copies records in order as far as there is room for whole ones. */
  gatherRecords(request: GatherRequest): GatheredAnswer
  /** The bucket of each record by its key, among splitters. */
  findBuckets(request: SplitRequest): void
  /** The bucket of each record by a hash of its key: the upper word of ByteHash, modulo their number. */
  hashBuckets(request: HashRequest): void
  scatterRecords(request: ScatterRequest): ScatteredAnswer
}

/** Offsets count from the first byte of `bytes`. Of each record four words in `places`: where it starts, its key starts, its key ends, it ends. */
export interface PlacedRecords {
  bytes: Region
  places: Region
  count: number
}

export const wordsPerPlace = 4
export const placeBytes = 16
/** In the words of a place. */
export const placeWords = { start: 0, keyStart: 1, keyEnd: 2, end: 3 } as const

export interface PlaceRequest {
  /**
   * Keyed records, of which only whole ones may be there: the lengths of key and text as varints of seven bits (LEB128), the key, the text.
   * Otherwise lines, each with its line feed as a record whose key is the line without it; what follows the last line feed is left.
   */
  isKeyed: boolean
  bytes: Region
  /** Looks in [from, to). */
  from: number
  to: number
  places: Region
  /** So many records have places already, and so many may have one: at least 64 more. */
  count: number
  capacity: number
}

export interface PlacedAnswer {
  /** With those before. */
  count: number
  /** Behind the last record that was placed. */
  reached: number
}

export interface DecimalRequest {
  lines: PlacedRecords
  /** The first line that is read. */
  from: number
  isDescending: boolean
  /** At least 128 bytes. */
  output: Region
  capacity: number
  /** Where the records lie in it. */
  places: Region
}

export interface DecimalAnswer {
  /** The first line that was not made a record. */
  reached: number
  /** Bytes filled. */
  bytes: number
}

export interface SortRequest {
  records: PlacedRecords
  /** `sortWorkBytes` of the count. */
  work: Region
  /** Gets the records' numbers, a word each. */
  order: Region
}

const fixedWorkBytes = 6 * 2048 * 4
const workBytesPerRecord = 40

/** Memory that sorting so many records takes beside them. */
export function sortWorkBytes(count: number): number {
  return fixedWorkBytes + count * workBytesPerRecord
}

export interface GatherRequest {
  records: Pick<PlacedRecords, 'bytes' | 'places'>
  /** The numbers of records at [from, to) of it. */
  order: Region
  from: number
  to: number
  /** Only what stands behind each key. */
  fromKeyEnd: boolean
  output: Region
  capacity: number
}

export interface GatheredAnswer {
  records: number
  bytes: number
}

/** Keys in order. Of each 24 bytes: its first eight bytes as a big-endian number (a little-endian long), start and end of the key in the region, the bucket below it, how many buckets it has of its own. */
export interface SplitterTable {
  region: Region
  count: number
}

export const splitterBytes = 24

export interface SplitRequest {
  records: PlacedRecords
  splitters: SplitterTable
  /** By record, a double: where it stands in all inputs, which have `totalBytes`. Splitters with buckets of their own spread equal keys by it. */
  positions: Region
  totalBytes: number
  lastBucket: number
  /** Buckets are counted from the last one. */
  isReversed: boolean
  /** A word for each record. */
  buckets: Region
}

export interface HashRequest {
  records: PlacedRecords
  bucketCount: number
  buckets: Region
}

/** An arena cut into chunks of one size, of which each bucket has a chain. */
export interface ScatterRequest {
  records: PlacedRecords
  buckets: Region
  /** The first record to be copied. */
  from: number
  arena: Region
  chunkBytes: number
  chunkCount: number
  /** Chunks in use. */
  chunks: number
  /** By chunk, a word: the next one of its bucket. */
  next: Region
  /** By bucket, `wordsPerState` words: see `stateWords`. */
  states: Region
}

export const wordsPerState = 8
/** First and last chunk, where the next byte goes and how many fit there; bytes and records. */
export const stateWords = { first: 0, last: 1, at: 2, room: 3, bytes: 4, rows: 5 } as const
export const noChunk = 0xffffffff

export interface ScatteredAnswer {
  /** The first record for which there was no room. */
  reached: number
  chunks: number
}
