import type { FileRef } from '../../contract/outcome.ts'
import type { ScratchWriter } from '../../contract/run.ts'
import { kernels } from '../../datasets/kernels/kernels.ts'
import type { Region } from '../../datasets/kernels/memory.ts'
import { type PlacedRecords, placeWords, wordsPerPlace } from '../../datasets/kernels/recordRequests.ts'
import type { RecordView } from './records.ts'

const blockBytes = 256 * 1024
/** Records in memory leave in pieces so large. */
const gatheredBytes = 1024 * 1024 - 256

export interface OutputForm {
  textOnly: boolean
  isKeyed: boolean
  isUnique: boolean
}

/** What is written of the records that leave a step: all of each, or the text alone; with `isUnique` the first one of each key. */
export class RecordOutput {
  rows = 0
  readonly #writer: ScratchWriter
  readonly #form: OutputForm
  readonly #block = new Uint8Array(blockBytes)
  #filled = 0
  /** The key written last, in [0, length). */
  #last = new Uint8Array(256)
  #lastLength = -1

  constructor(writer: ScratchWriter, form: OutputForm) {
    this.#writer = writer
    this.#form = form
  }

  take(record: RecordView): void {
    if (this.#form.isUnique && this.#isRepeated(record)) return
    this.rows += 1
    const { bytes, end } = record
    const start = this.#form.textOnly ? record.textStart : record.start
    const length = end - start
    if (this.#filled + length > blockBytes) this.#flush()
    if (length > blockBytes) this.#writer.write(bytes.subarray(start, end))
    else {
      if (length < 48) for (let at = 0; at < length; at++) this.#block[this.#filled + at] = bytes[start + at]!
      else this.#block.set(bytes.subarray(start, end), this.#filled)
      this.#filled += length
    }
  }

  /** All of these, in the order of the numbers in `order`. */
  takeAll(records: PlacedRecords, order: Region): void {
    if (this.#form.isUnique) this.#takeOneByOne(records, order)
    else this.#takeGathered(records, order)
  }

  finish(): FileRef {
    this.#flush()
    return this.#writer.finish(this.rows)
  }

  #takeGathered(records: PlacedRecords, order: Region): void {
    this.#flush()
    const using = kernels()
    const output = using.memory.allocate(gatheredBytes)
    const request = { records, order, output, fromKeyEnd: this.#form.textOnly && this.#form.isKeyed }
    try {
      for (let from = 0; from < records.count;) {
        const gathered = using.gatherRecords({ ...request, from, to: records.count, capacity: gatheredBytes })
        if (gathered.records === 0) this.#writeAlone(records, order.words[from]!)
        else this.#writer.write(output.bytes.subarray(0, gathered.bytes))
        from += Math.max(1, gathered.records)
      }
    } finally {
      output.free()
    }
    this.rows += records.count
  }

  /** A record that is larger than what is gathered. */
  #writeAlone(records: PlacedRecords, record: number): void {
    const view = viewOf(records, record, this.#form.isKeyed)
    this.#writer.write(view.bytes.subarray(this.#form.textOnly ? view.textStart : view.start, view.end))
  }

  #takeOneByOne(records: PlacedRecords, order: Region): void {
    for (const record of order.words.subarray(0, records.count)) this.take(viewOf(records, record, this.#form.isKeyed))
  }

  #flush(): void {
    this.#writer.write(this.#block.subarray(0, this.#filled))
    this.#filled = 0
  }

  #isRepeated({ bytes, keyStart, keyEnd }: RecordView): boolean {
    const length = keyEnd - keyStart
    let same = length === this.#lastLength
    for (let at = 0; same && at < length; at++) same = bytes[keyStart + at] === this.#last[at]
    if (same) return true
    if (this.#last.length < length) this.#last = new Uint8Array(2 * length)
    this.#last.set(bytes.subarray(keyStart, keyEnd))
    this.#lastLength = length
    return false
  }
}

function viewOf({ bytes, places }: PlacedRecords, record: number, isKeyed: boolean): RecordView {
  const place = record * wordsPerPlace
  const start = places.words[place + placeWords.start]!
  const keyStart = places.words[place + placeWords.keyStart]!
  const keyEnd = places.words[place + placeWords.keyEnd]!
  const end = places.words[place + placeWords.end]!
  return { bytes: bytes.bytes, start, end, keyStart, keyEnd, textStart: isKeyed ? keyEnd : start }
}
