import { cellStates } from './cellEffect.ts'
import moduleUrl from './kernels.wasm?url&inline'
import { type GrowingBytes, KernelMemory, type Region } from './memory.ts'
import type {
  CellLane,
  CellRequest,
  IntegerSum,
  Kernels,
  NumbersOutput,
  NumbersRequest,
  RecordsAnswer,
  RecordsRequest,
  TokensAnswer,
  TokensRequest,
} from './requests.ts'
import type { RecordKernels } from './recordRequests.ts'
import { parseNumbers } from './twin/numbers.ts'
import type { TestKernels } from './testRequests.ts'
import { type RecordExports, wasmRecordKernels } from './wasmRecords.ts'
import { type TestExports, wasmTestKernels } from './wasmTests.ts'

/** The kernels of assembly/, which scripts/kernels.ts compiles. The module travels inside the bundle, as base64. */
const pageBytes = 64 * 1024
const answerBytes = 256

interface Exports extends RecordExports, TestExports {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  heapBase: { readonly value: number }
  findRecords(...words: number[]): void
  scanCell(...words: number[]): void
  countByte(at: number, length: number, byte: number): number
  parseNumbers(...words: number[]): void
  countTokens(...words: number[]): void
  sumIntegers(marks: number, mantissas: number, count: number, answer: number): void
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
  const exports = new engine.Instance(new engine.Module(code)).exports as Exports
  const scans = new WasmKernels(exports)
  return Object.assign(scans, wasmRecordKernels(exports, scans.answer), wasmTestKernels(exports))
}

class WasmKernels implements Omit<Kernels, keyof RecordKernels | keyof TestKernels> {
  readonly memory: KernelMemory
  readonly #exports: Exports
  /** Where functions write what they answer. */
  readonly answer: Region

  constructor(exports: Exports) {
    this.#exports = exports
    this.memory = new KernelMemory(new WasmBytes(exports.memory), exports.heapBase.value)
    this.answer = this.memory.allocate(answerBytes)
  }

  findRecords({ rules, input, length, isLast, output }: RecordsRequest): RecordsAnswer {
    this.#exports.findRecords(
      input.at,
      length,
      Number(isLast),
      rules.delimiter,
      rules.quote ?? -1,
      rules.escape ?? -1,
      Number(rules.keepsBlank),
      output.starts.at,
      output.ends.at,
      output.flags.at,
      output.recordStarts.at,
      output.recordFields.at,
      output.capacity,
      this.answer.at,
    )
    const { words } = this.answer
    return {
      records: words[0]!,
      isFull: words[1] === 1,
      endsInQuotes: words[2] === 1,
      seen: words[3]!,
    }
  }

  scanCell({ rules, input, length }: CellRequest): CellLane[] {
    const { delimiter, quote, escape, keepsBlank } = rules
    const answer = this.answer.at
    this.#exports.scanCell(input.at, length, delimiter, quote ?? -1, escape ?? -1, Number(keepsBlank), answer)
    const words = this.answer.words
    // The last word of a lane's five is the module's own; a place that is not there has all bits set.
    return cellStates.map((_, lane) => ({
      exit: words[lane * 5]!,
      records: words[lane * 5 + 1]!,
      first: words[lane * 5 + 2]! | 0,
      last: words[lane * 5 + 3]! | 0,
    }))
  }

  countByte(input: Region, length: number, byte: number): number {
    return this.#exports.countByte(input.at, length, byte)
  }

  /** Bytes of another memory are read where they lie, by the twin. */
  parseNumbers(request: NumbersRequest): void {
    const { fields, first, stride, count, notation, output } = request
    if (fields.bytes.buffer !== this.memory.buffer || fields.starts.buffer !== this.memory.buffer) {
      parseNumbers(request)
      return
    }
    this.#exports.parseNumbers(
      fields.bytes.byteOffset,
      fields.starts.byteOffset,
      fields.ends.byteOffset,
      first,
      stride,
      count,
      notation.decimal,
      notation.thousands ?? -1,
      output.marks.at,
      output.scales.at,
      output.mantissas.at,
      output.values.at,
    )
  }

  countTokens(request: TokensRequest): TokensAnswer {
    this.#exports.countTokens(
      request.input.at,
      request.from,
      request.length,
      Number(request.isWords),
      request.table.at,
      request.slots,
      request.size,
      request.others.at,
      request.capacity,
      this.answer.at,
    )
    const { words } = this.answer
    return { consumed: words[0]!, lines: words[1]!, size: words[2]!, others: words[3]! }
  }

  sumIntegers({ marks, mantissas }: NumbersOutput, count: number): IntegerSum {
    this.#exports.sumIntegers(marks.at, mantissas.at, count, this.answer.at)
    const { longs } = this.answer
    if (longs[0] === 0n) return { count: 0, least: 0n, greatest: 0n, sum: 0n }
    const sum = (longs[4]! << 64n) + BigInt.asUintN(64, longs[3]!)
    return { count: Number(longs[0]), least: longs[1]!, greatest: longs[2]!, sum }
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
