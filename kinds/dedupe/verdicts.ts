import type { Part, RunContext, StageAnswer } from '../../contract/run.ts'
import { partitionAnswer, segmentsOfBucket } from '../../datasets/shuffle/directory.ts'
import { PartitionWriter } from '../../datasets/shuffle/partitionFile.ts'
import { readSegment } from '../../datasets/shuffle/readSegment.ts'
import { VerdictBlocks } from './verdictBlocks.ts'
import type { DedupeParams } from './kind.ts'
import type { Place } from './keyRecord.ts'

/**
 * What was found of records whose key came more than once, by the place at which they stand: the input (a 32-bit integer), the offset and
 * how often the key came (doubles), which is 0 for a record that goes.
 */
const verdictBytes = 20
const arenaBytes = 8 * 1024 * 1024 - 256

type Context = RunContext<DedupeParams>

export class VerdictWriter {
  readonly #blocks: VerdictBlocks
  readonly #writer: PartitionWriter
  readonly #view = new DataView(new ArrayBuffer(verdictBytes))
  readonly #record = { bytes: new Uint8Array(this.#view.buffer), start: 0, end: verdictBytes }

  constructor(context: Context) {
    this.#blocks = new VerdictBlocks(context.inputs, context.params)
    this.#writer = new PartitionWriter(context.scratch('verdicts'), this.#blocks.buckets, arenaBytes)
  }

  goes(place: Place): void {
    this.#write(place, 0)
  }

  stays(place: Place, count: number): void {
    this.#write(place, count)
  }

  finish(): StageAnswer {
    return partitionAnswer(this.#writer.finish())
  }

  release(): void {
    this.#writer.release()
  }

  #write({ input, offset }: Place, count: number): void {
    this.#view.setUint32(0, input, true)
    this.#view.setFloat64(4, offset, true)
    this.#view.setFloat64(12, count, true)
    this.#writer.add(this.#blocks.bucketOf(input, this.#blocks.blockOf(offset)), this.#record)
  }
}

/** Looks verdicts up, a block of places at a time: quick when places are asked for in order. */
export class Verdicts {
  readonly #context: Context
  readonly #directory: Part
  readonly #blocks: VerdictBlocks
  #input = -1
  #block = -1
  /** The places of those that go, in order, and how often the keys came of those that stay. */
  #going = new Float64Array(0)
  #staying = new Map<number, number>()

  constructor(context: Context, directory: Part) {
    this.#context = context
    this.#directory = directory
    this.#blocks = new VerdictBlocks(context.inputs, context.params)
  }

  /** 0 for a record that goes; else how often its key came. */
  of({ input, offset }: Place): number {
    const block = this.#blocks.blockOf(offset)
    if (block !== this.#block || input !== this.#input) this.#load(input, block)
    return this.#staying.get(offset) ?? (this.#isGoing(offset) ? 0 : 1)
  }

  #isGoing(offset: number): boolean {
    const going = this.#going
    let low = 0
    let high = going.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (going[middle]! < offset) low = middle + 1
      else high = middle
    }
    return going[low] === offset
  }

  #load(input: number, block: number): void {
    this.#input = input
    this.#block = block
    this.#staying = new Map()
    let going = new Float64Array(256)
    let count = 0
    for (const verdict of this.#verdicts(this.#blocks.bucketOf(input, block))) {
      if (verdict.input !== input || this.#blocks.blockOf(verdict.offset) !== block) continue
      if (verdict.count > 0) this.#staying.set(verdict.offset, verdict.count)
      else {
        if (count === going.length) {
          const larger = new Float64Array(2 * count)
          larger.set(going)
          going = larger
        }
        going[count++] = verdict.offset
      }
    }
    this.#going = going.subarray(0, count).sort()
  }

  *#verdicts(bucket: number): Generator<Place & { count: number }> {
    const verdict = { input: 0, offset: 0, count: 0 }
    for (const segment of segmentsOfBucket(this.#directory, bucket, this.#context)) {
      const bytes = new Uint8Array(segment.bytes)
      readSegment(this.#context, segment, bytes)
      const view = new DataView(bytes.buffer)
      for (let at = 0; at < bytes.length; at += verdictBytes) {
        verdict.input = view.getUint32(at, true)
        verdict.offset = view.getFloat64(at + 4, true)
        verdict.count = view.getFloat64(at + 12, true)
        yield verdict
      }
    }
  }
}
