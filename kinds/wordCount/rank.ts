import { rmSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext, ScratchWriter } from '../../contract/run.ts'
import { type Order, TableCursor, TableWriter, mergeFiles } from './tableFile.ts'

/**
 * A table in the order of its words becomes CSV in the order of frequency: sorted in memory part by part, the parts merged. Parts
 * follow each other in the order of words, so that among equal counts the earlier part goes first.
 */
const mostPartBytes = 32 * 1024 * 1024
/** Of a word beside its bytes: a Buffer, two numbers and two places in arrays. */
const entryBytes = 160
const wordsBetweenLooks = 16 * 1024
const header = 'word,count\n'

type Context = Pick<RunContext, 'scratch' | 'path' | 'progress'>

const byCount: Order = (one, other) => other.times - one.times

export function rankTable(context: Context, table: FileRef, limit = mostPartBytes): FileRef {
  const csv = new CsvWriter(context.scratch('csv'))
  const parts: FileRef[] = []
  for (const part of readParts(context, table, limit)) {
    if (part.isLast && parts.length === 0) part.visit((word, times) => csv.write(word, times))
    else parts.push(writePart(context.scratch(`part${parts.length}`), part))
  }
  mergeFiles(context, parts, { order: byCount, visit: ({ word, times }) => csv.write(word, times) })
  for (const part of parts) rmSync(context.path(part))
  return csv.finish()
}

function writePart(scratch: ScratchWriter, part: Part): FileRef {
  const writer = new TableWriter(scratch)
  part.visit((word, times) => writer.write(word, times))
  return writer.finish()
}

/** Words that fit into memory together. */
class Part {
  isLast = false
  bytes = 0
  readonly #words: Buffer[] = []
  readonly #times: number[] = []

  add(word: Uint8Array, times: number): void {
    this.#words.push(Buffer.from(word))
    this.#times.push(times)
    this.bytes += word.length + entryBytes
  }

  /** Most frequent first, equal counts as they came. */
  visit(each: (word: Buffer, times: number) => void): void {
    const times = Float64Array.from(this.#times)
    const order = Uint32Array.from(times, (_, index) => index)
    order.sort((one, other) => times[other]! - times[one]! || one - other)
    for (const index of order) each(this.#words[index]!, times[index]!)
  }
}

function* readParts(context: Context, table: FileRef, limit: number): Generator<Part> {
  const cursor = new TableCursor(context.path(table))
  try {
    let part = new Part()
    let unseen = 0
    while (cursor.next()) {
      if (part.bytes > limit) {
        yield part
        part = new Part()
      }
      part.add(cursor.word, cursor.times)
      if (++unseen === wordsBetweenLooks) {
        context.progress(0, 0)
        unseen = 0
      }
    }
    part.isLast = true
    yield part
  } finally {
    cursor.close()
  }
}

/** RFC 4180 with a line feed at the end of each row; words keep their bytes, whatever they are. */
class CsvWriter {
  readonly #writer: ScratchWriter
  #rows = 0

  constructor(writer: ScratchWriter) {
    this.#writer = writer
    writer.write(header)
  }

  write(word: Uint8Array, times: number): void {
    this.#writer.write(quoted(word))
    this.#writer.write(`,${times}\n`)
    this.#rows += 1
  }

  finish(): FileRef {
    return this.#writer.finish(this.#rows)
  }
}

const quote = 34
const comma = 44

function quoted(word: Uint8Array): Uint8Array {
  if (!word.includes(comma) && !word.includes(quote)) return word
  return Buffer.from(`"${Buffer.from(word).toString('latin1').replaceAll('"', '""')}"`, 'latin1')
}
