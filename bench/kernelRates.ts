import { CellScanner } from '../datasets/kernels/cells.ts'
import { NumberReader } from '../datasets/kernels/numbers.ts'
import { placeBytes, sortWorkBytes } from '../datasets/kernels/recordRequests.ts'
import { RecordScanner } from '../datasets/kernels/records.ts'
import type { Kernels } from '../datasets/kernels/requests.ts'
import { twinKernels } from '../datasets/kernels/twin/kernels.ts'
import { wasmKernels } from '../datasets/kernels/wasm.ts'

/** Medians over blocks of 256 KiB that lie in the second-level cache, so that memory and disk stay out of it. */
const blockBytes = 256 * 1024
const comma = { delimiter: 44, quote: 34, escape: null, keepsBlank: false }

const numbersOnly = (row: number) => `${row},${row * 3},${row * 7},${row % 10}\n`

const samples: Record<string, (row: number) => string> = {
  'flights, few quotes': (row) =>
    `${row},2026-0${1 + (row % 9)}-1${row % 10},${row % 90 === 0 ? '"UA, ""x"""' : 'UA'},${row * 7919},SFO,JFK,${row % 1440},${(row * 31) % 400},N${row},${row % 7}.25,${(row * 13) % 3000}.5,\n`,
  'all quoted': (row) => `"${row}","some text, with commas","${row * 3}","x"\r\n`,
  'long text': (row) => `${row},"${'lorem ipsum, dolor sit amet '.repeat(8)}"\n`,
  'numbers only': numbersOnly,
  'stray quotes': (row) => `${row},5" pipe,a"b,6'2"\n`,
}

function sampleBlock(row: (index: number) => string): Buffer {
  const rows: string[] = []
  for (let bytes = 0, index = 0; bytes < blockBytes; index++) {
    const text = row(index)
    rows.push(text)
    bytes += text.length
  }
  return Buffer.from(rows.join('')).subarray(0, blockBytes)
}

/** Gigabytes in a second: the best of rounds of about 50 ms. */
function rate(run: () => void): number {
  let best = 0
  for (let round = 0; round < 8; round++) {
    const begun = performance.now()
    let runs = 0
    for (; performance.now() - begun < 50; runs++) run()
    best = Math.max(best, (runs * blockBytes) / (performance.now() - begun) / 1e6)
  }
  return best
}

function tell(what: string, measure: (using: Kernels) => () => void): void {
  const wasm = wasmKernels()
  const rates = [wasm, twinKernels()].map((using) => (using === null ? 0 : rate(measure(using))))
  console.log(what.padEnd(36), ...rates.map((value) => `${value.toFixed(3)} GB/s`.padStart(12)))
}

for (const [name, row] of Object.entries(samples)) {
  const block = sampleBlock(row)
  tell(`records: ${name}`, (using) => {
    const scanner = new RecordScanner(comma, { using })
    scanner.bytes.set(block)
    return () => void scanner.scan(blockBytes, false)
  })
  tell(`cell: ${name}`, (using) => {
    const scanner = new CellScanner(comma, { using })
    scanner.bytes.set(block)
    return () => void scanner.scan(blockBytes)
  })
}
for (const [name, write] of Object.entries({
  'integers of 1 to 8 digits': (row: number) => String((row * 2_654_435) % 10 ** (1 + (row % 8))),
  decimals: (row: number) => `${(row * 7919) % 100_000}.${row % 100}`,
})) {
  const block = sampleBlock((row) => `${write(row)}\n`)
  tell(`numbers: ${name}`, (using) => {
    const scanner = new RecordScanner(comma, { using })
    const reader = new NumberReader({ decimal: 46, thousands: null }, blockBytes, using)
    scanner.bytes.set(block)
    const fields = scanner.scan(blockBytes, true)
    return () => reader.read(fields, { first: 0, stride: 1, count: fields.fields })
  })
}
tell('line feeds', (using) => {
  const region = using.memory.allocate(blockBytes)
  region.bytes.set(sampleBlock(numbersOnly))
  return () => void using.countByte(region, blockBytes, 10)
})
tell('records sorted and gathered', (using) => {
  const { memory } = using
  const block = sampleBlock((row) => `${(row * 7919) % 100_003} some words behind it\n`)
  const [bytes, output, most] = [memory.allocate(blockBytes), memory.allocate(blockBytes), blockBytes / 16]
  const [places, order] = [memory.allocate(most * placeBytes), memory.allocate(most * 4)]
  const work = memory.allocate(sortWorkBytes(most))
  bytes.bytes.set(block)
  return () => {
    const found = { isKeyed: false, bytes, places, from: 0, to: blockBytes, count: 0, capacity: most }
    const records = { bytes, places, count: using.placeRecords(found).count }
    using.sortRecords({ records, work, order })
    const request = { records, order, from: 0, to: records.count, fromKeyEnd: false, output }
    using.gatherRecords({ ...request, capacity: blockBytes })
  }
})
