import { cellStates } from './cellEffect.ts'
import moduleUrl from './kernels.wasm?url&inline'
import { type GrowingBytes, KernelMemory, type Region } from './memory.ts'
import type { CellLane, CellRequest, Kernels, RecordsAnswer, RecordsRequest } from './requests.ts'

/** The kernels of assembly/, which scripts/kernels.ts compiles. The module travels inside the bundle, as base64. */
const pageBytes = 64 * 1024
const answerBytes = 256

interface Exports {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  heapBase: { readonly value: number }
  findRecords(...words: number[]): void
  scanCell(...words: number[]): void
  countByte(at: number, length: number, byte: number): number
}

/** What is used of the global object of that name, which the types of this environment do not tell of. */
interface Engine {
  validate(code: Uint8Array): boolean
  Module: new (code: Uint8Array) => object
  Instance: new (module: object) => { exports: object }
}

/** Null where the engine lacks what the module needs. */
export function wasmKernels(scope: object = globalThis): Kernels | null {
  const { WebAssembly: engine } = scope as { WebAssembly?: Engine }
  const code = Buffer.from(moduleUrl.slice(moduleUrl.indexOf(',') + 1), 'base64')
  if (engine === undefined || !engine.validate(code)) return null
  return new WasmKernels(new engine.Instance(new engine.Module(code)).exports as Exports)
}

class WasmKernels implements Kernels {
  readonly memory: KernelMemory
  readonly #exports: Exports
  /** Where functions write what they answer. */
  readonly #answer: Region

  constructor(exports: Exports) {
    this.#exports = exports
    this.memory = new KernelMemory(new WasmBytes(exports.memory), exports.heapBase.value)
    this.#answer = this.memory.allocate(answerBytes)
  }

  findRecords({ dialect, input, length, isLast, output }: RecordsRequest): RecordsAnswer {
    this.#exports.findRecords(
      input.at,
      length,
      Number(isLast),
      dialect.delimiter,
      dialect.quote ?? -1,
      dialect.escape ?? -1,
      output.starts.at,
      output.ends.at,
      output.flags.at,
      output.recordStarts.at,
      output.recordFields.at,
      output.capacity,
      this.#answer.at,
    )
    const { words } = this.#answer
    return {
      records: words[0]!,
      fields: words[1]!,
      consumed: words[2]!,
      isFull: words[3] === 1,
      endsInQuotes: words[4] === 1,
    }
  }

  scanCell({ dialect, input, length }: CellRequest): CellLane[] {
    const { delimiter, quote, escape } = dialect
    this.#exports.scanCell(input.at, length, delimiter, quote ?? -1, escape ?? -1, this.#answer.at)
    const words = this.#answer.words
    // The last word of a lane's four is the module's own; no record is told by all bits.
    return cellStates.map((_, lane) => ({
      exit: words[lane * 4]!,
      records: words[lane * 4 + 1]!,
      first: words[lane * 4 + 2]! | 0,
    }))
  }

  countByte(input: Region, length: number, byte: number): number {
    return this.#exports.countByte(input.at, length, byte)
  }
}

class WasmBytes implements GrowingBytes {
  readonly #memory: Exports['memory']

  constructor(memory: Exports['memory']) {
    this.#memory = memory
  }

  get buffer(): ArrayBuffer {
    return this.#memory.buffer
  }

  grow(bytes: number): void {
    this.#memory.grow(Math.ceil((bytes - this.buffer.byteLength) / pageBytes))
  }
}
