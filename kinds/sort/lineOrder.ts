import type { Part, RunContext, Split } from '../../contract/run.ts'
import { type LineBlock, type LineView, endWithReturn, readLineBlocks, readLines } from '../../datasets/lines/read.ts'
import type { BatchedRecord } from '../../datasets/shuffle/recordBatch.ts'
import { DecimalKeys } from '../../datasets/kernels/decimalKey.ts'
import { DecimalLines } from './decimalLines.ts'
import { isDescending, type SortParams } from './kind.ts'
import { carriageReturn } from '../../datasets/kernels/requests.ts'
import { lineFeed, RecordEncoder } from './records.ts'

/** How lines become records, by the params. */

const mostRawBytes = 4096

/** Gets the records of a split, in order: one by one, or whole lines that are records as they stand. */
export interface RecordVisitor {
  /** The one object is valid until it returns. */
  add(record: BatchedRecord): void
  /** Lines, each with its line feed, and where the first of them stands among all bytes of all inputs; says how many. */
  addLines(lines: Uint8Array, position: number): number
}

/** Makes the key of a line; null for what has none, and says why. */
export class LineKeys {
  readonly #decimals: DecimalKeys | null

  constructor(params: SortParams) {
    this.#decimals = params.mode === 'numbers' ? new DecimalKeys(isDescending(params)) : null
  }

  /** The key of the line in [start, end), valid until the next; or why it has none. */
  read(bytes: Uint8Array, start: number, end: number): { bytes: Uint8Array; length: number } | string | null {
    if (this.#decimals === null) return null
    return this.#decimals.read(bytes, start, end) ?? this.#decimals
  }
}

export interface Reading {
  split: Pick<Split, 'pieces'>
  /** Where the rows of tables begin. */
  index: readonly Part[]
  /** Whether what has no key is set aside; else it is only left out. */
  rejects: boolean
}

/** Whole lines at a time where nobody has to look at each. */
export function readLineRecords(
  context: RunContext<SortParams>,
  { split, rejects }: Pick<Reading, 'split' | 'rejects'>,
  visitor: RecordVisitor,
): void {
  const before = bytesBefore(context)
  const one = new OneByOne(context, rejects, visitor)
  const blocks = context.params.mode === 'numbers' ? new NumberBlocks(context.params, one, visitor) : visitor
  try {
    for (const piece of split.pieces) {
      const position = before[piece.input] ?? 0
      const isPlain = !context.careful && context.mended(piece.input) === null
      if (!isPlain) readLines(context, piece, (line) => one.add(line, position))
      else {
        if (blocks instanceof NumberBlocks) blocks.begin(piece.input, position)
        readLineBlocks(context, piece, (block) => addBlock(block, position, blocks))
      }
    }
  } finally {
    if (blocks instanceof NumberBlocks) blocks.release()
  }
}

type LineTaker = Pick<RecordVisitor, 'addLines'>

function addBlock({ bytes, start, end, offset, isEnded }: LineBlock, before: number, taker: LineTaker): number {
  const ended = isEnded ? end : Math.max(start, bytes.lastIndexOf(lineFeed, end - 1) + 1)
  const lines = ended > start ? taker.addLines(bytes.subarray(start, ended), before + offset) : 0
  if (ended === end) return lines
  const last = Buffer.concat([bytes.subarray(ended, end), Buffer.of(lineFeed)])
  return lines + taker.addLines(last, before + offset + ended - start)
}

/** Lines of numbers: most are plain, the others are read one by one. */
class NumberBlocks implements LineTaker {
  readonly #one: OneByOne
  readonly #decimals: DecimalLines
  #input = 0
  #before = 0
  #lines = 0
  #block: Buffer = Buffer.alloc(0)
  #offset = 0

  constructor(params: SortParams, one: OneByOne, visitor: RecordVisitor) {
    this.#one = one
    this.#decimals = new DecimalLines(isDescending(params), {
      add: (record) => visitor.add(record),
      odd: (start, end, before) => this.#readOdd(start, end, before),
    })
  }

  /** Of the input, so many bytes of others before it, a piece begins. */
  begin(input: number, before: number): void {
    this.#input = input
    this.#before = before
    this.#lines = 0
  }

  addLines(lines: Uint8Array, position: number): number {
    this.#block = Buffer.from(lines.buffer, lines.byteOffset, lines.length)
    this.#offset = position - this.#before
    const count = this.#decimals.read({ bytes: lines, position })
    this.#lines += count
    return count
  }

  release(): void {
    this.#decimals.release()
  }

  #readOdd(start: number, end: number, before: number): void {
    const hasReturn = end > start && this.#block[end - 1] === carriageReturn
    const line = {
      bytes: this.#block,
      start,
      end: hasReturn ? end - 1 : end,
      input: this.#input,
      offset: this.#offset + start,
      record: this.#lines + before,
    }
    this.#one.add(line, this.#before)
  }
}

class OneByOne {
  readonly #context: RunContext<SortParams>
  readonly #rejects: boolean
  readonly #visitor: RecordVisitor
  readonly #keys: LineKeys
  readonly #encoder = new RecordEncoder()
  readonly #record: BatchedRecord

  constructor(context: RunContext<SortParams>, rejects: boolean, visitor: RecordVisitor) {
    this.#context = context
    this.#rejects = rejects
    this.#visitor = visitor
    this.#keys = new LineKeys(context.params)
    this.#record = { bytes: this.#encoder.record, start: 0, keyStart: 0, keyEnd: 0, end: 0, position: 0 }
  }

  add(line: LineView, before: number): void {
    // A carriage return at its end belongs to the line, as it does for `sort`.
    const end = endWithReturn(line, this.#context.inputs[line.input]?.bytes ?? 0)
    const key = this.#keys.read(line.bytes, line.start, end)
    if (typeof key === 'string') {
      if (this.#rejects) reject(this.#context, line, key)
      return
    }
    const encoder = this.#encoder
    encoder.encode({ bytes: line.bytes, start: line.start, end }, key)
    const record = this.#record
    record.bytes = encoder.record
    record.keyStart = key === null ? 0 : encoder.keyStart
    record.keyEnd = key === null ? encoder.length - 1 : encoder.keyEnd
    record.end = encoder.length
    record.position = before + line.offset
    this.#visitor.add(record)
  }
}

function reject(context: RunContext, line: LineView, reason: string): void {
  const raw = line.bytes.toString('utf8', line.start, Math.min(line.end, line.start + mostRawBytes))
  context.reject({ input: line.input, record: line.record, offset: line.offset, reason, raw })
}

/** The bytes of all inputs before each. */
export function bytesBefore({ inputs }: Pick<RunContext, 'inputs'>): number[] {
  let sum = 0
  return inputs.map(({ bytes }) => (sum += bytes) - bytes)
}
