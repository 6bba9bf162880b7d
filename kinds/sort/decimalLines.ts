import { kernels } from '../../datasets/kernels/kernels.ts'
import { placeBytes, type PlacedRecords, placeWords, wordsPerPlace } from '../../datasets/kernels/recordRequests.ts'
import type { BatchedRecord } from '../../datasets/shuffle/recordBatch.ts'

/** Makes keyed records of lines that are plain decimals, many at a time. Whoever makes one releases it. */
const mostLines = 7 * 1024
/** Room for as many records of plain decimals, which have at most 65 bytes. */
const outputBytes = 512 * 1024 - 256
const firstBytes = 256 * 1024

interface Lines {
  /** Whole lines, each with its line feed. */
  bytes: Uint8Array
  /** Where the first of them stands in all inputs. */
  position: number
}

interface LineVisitor {
  add(record: BatchedRecord): void
  /** The line in [start, end) has to be read by itself; so many stand before it. */
  odd(start: number, end: number, before: number): void
}

export class DecimalLines {
  readonly #kernels = kernels()
  readonly #isDescending: boolean
  readonly #visitor: LineVisitor
  readonly #places = this.#kernels.memory.allocate(mostLines * placeBytes)
  readonly #keyedPlaces = this.#kernels.memory.allocate(mostLines * placeBytes)
  readonly #output = this.#kernels.memory.allocate(outputBytes)
  readonly #record: BatchedRecord = { bytes: new Uint8Array(0), start: 0, keyStart: 0, keyEnd: 0, end: 0, position: 0 }
  #bytes = this.#kernels.memory.allocate(firstBytes)

  constructor(isDescending: boolean, visitor: LineVisitor) {
    this.#isDescending = isDescending
    this.#visitor = visitor
  }

  /** How many lines there were. */
  read({ bytes, position }: Lines): number {
    if (bytes.length > this.#bytes.length) {
      this.#bytes.free()
      this.#bytes = this.#kernels.memory.allocate(bytes.length)
    }
    this.#bytes.bytes.set(bytes)
    let lines = 0
    for (let from = 0; from < bytes.length;) {
      const request = { isKeyed: false, from, to: bytes.length, count: 0, capacity: mostLines }
      const found = this.#kernels.placeRecords({ ...request, bytes: this.#bytes, places: this.#places })
      this.#visitAll({ bytes: this.#bytes, places: this.#places, count: found.count }, { position, before: lines })
      lines += found.count
      from = found.reached
    }
    return lines
  }

  release(): void {
    for (const region of [this.#bytes, this.#places, this.#keyedPlaces, this.#output]) region.free()
  }

  #visitAll(lines: PlacedRecords, { position, before }: { position: number; before: number }): void {
    for (let from = 0; from < lines.count; from++) {
      const { reached } = this.#kernels.keyDecimals({
        lines,
        from,
        isDescending: this.#isDescending,
        output: this.#output,
        capacity: outputBytes,
        places: this.#keyedPlaces,
      })
      this.#visitKeyed(lines, { from, to: reached, position })
      from = reached
      if (from === lines.count) return
      const { words } = lines.places
      const place = from * wordsPerPlace
      this.#visitor.odd(words[place + placeWords.start]!, words[place + placeWords.keyEnd]!, before + from)
    }
  }

  #visitKeyed(lines: PlacedRecords, { from, to, position }: { from: number; to: number; position: number }): void {
    const starts = lines.places.words
    const { words } = this.#keyedPlaces
    const record = this.#record
    record.bytes = this.#output.bytes
    for (let line = from; line < to; line++) {
      const place = (line - from) * wordsPerPlace
      record.start = words[place + placeWords.start]!
      record.keyStart = words[place + placeWords.keyStart]!
      record.keyEnd = words[place + placeWords.keyEnd]!
      record.end = words[place + placeWords.end]!
      record.position = position + starts[line * wordsPerPlace]!
      this.#visitor.add(record)
    }
  }
}
