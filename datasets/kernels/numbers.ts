import { invariant } from '../../contract/invariant.ts'
import { kernels } from './kernels.ts'
import type { FieldPlaces, IntegerSum, Kernels, Notation, NumbersOutput } from './requests.ts'

/** Reads the numbers of a column, batch by batch, and keeps those of the last batch. */
export class NumberReader {
  readonly #kernels: Kernels
  readonly #notation: Notation
  readonly #most: number
  readonly #output: NumbersOutput
  /** Fields of the last batch. */
  #count = 0

  /** `most` is how many fields a batch may have. */
  constructor(notation: Notation, most: number, using = kernels()) {
    this.#kernels = using
    this.#notation = notation
    this.#most = most
    this.#output = {
      marks: using.memory.allocate(most),
      scales: using.memory.allocate(most),
      mantissas: using.memory.allocate(most * 8),
      values: using.memory.allocate(most * 8),
    }
  }

  /** Field `first` and every `stride`-th one behind it, `count` in all. Zero-copy for fields that a RecordScanner found. */
  read(fields: FieldPlaces, place: { first: number; stride: number; count: number }): void {
    invariant(place.count <= this.#most, `a batch of ${place.count} numbers where ${this.#most} was the most`)
    this.#kernels.parseNumbers({ fields, ...place, notation: this.#notation, output: this.#output })
    this.#count = place.count
  }

  /** Of each field; see `numberMarks`. These views are valid until kernels are used for anything that allocates. */
  get marks(): Uint8Array {
    return this.#output.marks.bytes
  }

  /** Digits behind the decimal mark. */
  get scales(): Uint8Array {
    return this.#output.scales.bytes
  }

  /** The number's digits as an integer, with its sign; 0 unless it is marked as an integer or decimal. */
  get mantissas(): BigInt64Array {
    return this.#output.mantissas.longs
  }

  /** The nearest double; NaN unless it is marked as an integer or decimal. */
  get values(): Float64Array {
    return this.#output.values.doubles
  }

  /** Exact, of the fields marked as integers. */
  sumIntegers(): IntegerSum {
    return this.#kernels.sumIntegers(this.#output, this.#count)
  }

  release(): void {
    for (const region of Object.values(this.#output)) region.free()
  }
}
