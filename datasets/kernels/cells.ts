import type { CellEffect } from './cellEffect.ts'
import { kernels } from './kernels.ts'
import type { Region } from './memory.ts'
import type { CsvRules, Kernels } from './requests.ts'

/** Scans stretches of an input for the effect that each has; the caller reads into `bytes`, and joins what it cut (cellEffect.ts). */
export class CellScanner {
  readonly #kernels: Kernels
  readonly #rules: CsvRules
  readonly #input: Region

  constructor(rules: CsvRules, { blockBytes = 256 * 1024, using = kernels() } = {}) {
    this.#kernels = using
    this.#rules = rules
    this.#input = using.memory.allocate(blockBytes)
  }

  /** Valid until kernels are used again. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#input.bytes
  }

  /** Of the first `length` bytes. */
  scan(length: number): CellEffect {
    const lanes = this.#kernels.scanCell({ rules: this.#rules, input: this.#input, length })
    return {
      bytes: length,
      exits: lanes.map((lane) => lane.exit),
      records: lanes.map((lane) => lane.records),
      firsts: lanes.map((lane) => lane.first),
      lasts: lanes.map((lane) => lane.last),
    }
  }

  release(): void {
    this.#input.free()
  }
}
