import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext, Split } from '../../contract/run.ts'
import { type PieceContext, inputOf } from '../../datasets/bytes/read.ts'
import { type LineView, endWithReturn, readLines } from '../../datasets/lines/read.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { makeRowWriter, type RowWriter } from '../../datasets/write/rows.ts'
import type { DedupeParams } from './kind.ts'
import type { KeyEncoder, Place } from './keyRecord.ts'

/** Lines of text: the key is the line without its end. A line stands in the output with the end that it had, the last one with a line feed. */

export function readLineKeys(
  { split, context }: { split: Split; context: RunContext<DedupeParams> },
  key: KeyEncoder,
  take: () => void,
): void {
  for (const piece of split.pieces)
    readLines(context, piece, (line) => {
      key.begin()
      key.text(line.bytes, line.start, line.end)
      key.close(line)
      take()
    })
}

const lineFeed = 10

export class LineKeeper {
  readonly #inputBytes: number[]
  readonly #unique: BlockWriter
  readonly #duplicates: BlockWriter
  readonly #rows: RowWriter

  constructor(context: RunContext<DedupeParams>, split: Split) {
    this.#inputBytes = context.inputs.map((_, index) => inputOf(context, index).bytes)
    this.#unique = new BlockWriter(context.scratch('unique'), 'none')
    this.#duplicates = new BlockWriter(context.scratch('duplicates'), 'none')
    const names = ['line', 'count']
    const { spreadsheetSafe } = context.params
    this.#rows = makeRowWriter(this.#duplicates, { format: 'csv', spreadsheetSafe, names, bare: [false, true] })
    if (split.from === 0) this.#rows.header(names)
  }

  /** `judge` says of each line how often its key came, or 0 when it goes. */
  read({ split, reader }: { split: Split; reader: PieceContext }, judge: (place: Place) => number): Promise<void> {
    for (const piece of split.pieces)
      readLines(reader, piece, (line) => {
        const copies = judge(line)
        if (copies > 0) this.#keep(line)
        if (copies > 1) this.#list(line, copies)
      })
    return Promise.resolve()
  }

  finish({ kept, keys }: { kept: number; keys: number }): Record<string, FileRef> {
    return { unique: this.#unique.finish(kept), duplicates: this.#duplicates.finish(keys) }
  }

  #keep(line: LineView): void {
    const end = endWithReturn(line, this.#inputBytes[line.input] ?? 0)
    const block = this.#unique
    block.reserve(end - line.start + 1)
    block.bytes.set(line.bytes.subarray(line.start, end), block.length)
    block.length += end - line.start
    block.bytes[block.length++] = lineFeed
    block.endRecord()
  }

  #list({ bytes, start, end }: LineView, copies: number): void {
    this.#rows.begin()
    this.#rows.bytes(bytes, start, end)
    this.#rows.text(String(copies))
    this.#rows.end()
  }
}
