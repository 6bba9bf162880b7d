import { type RunContext, type ScratchWriter, type Split, defineRun } from '../../contract/run.ts'
import { readLines } from '../../datasets/lines/read.ts'
import { type Formula, compileFormula } from './formula.ts'
import { type NumbersParams, kind, listedCount, sequenceOf } from './kind.ts'
import { readNumber } from './literal.ts'
import { Tally, combine, partialSchema } from './partial.ts'

/** Reads or makes numbers, applies the formula, writes each output down in input order and tallies it (see partial.ts). */

type Context = RunContext<NumbersParams>

const mostRawBytes = 4096
/** Text is handed to the scratch file in pieces of about this size. */
const textLength = 32 * 1024
/** Listed numbers between two looks whether the task has been told to stop. */
const itemsBetweenLooks = 16 * 1024

export const run = defineRun(kind, {
  maps: {
    compute(split, context) {
      const outputs = new Outputs(compileFormula(context.params.formula), context.scratch('outputs'))
      compute(split, context, (x) => outputs.add(x))
      return outputs.finish()
    },
  },
  item(text, { params }) {
    const bytes = Buffer.from(text)
    const x = readNumber(bytes, 0, bytes.length)
    if (typeof x !== 'number') throw new Error(x)
    const output = compileFormula(params.formula)(x)
    if (!Number.isFinite(output)) throw new Error(notFinite(x))
    return output
  },
  merges: {
    combine: (parts) => ({ value: combine(parts.map((part) => partialSchema.parse(part.value))) }),
  },
  sample(split, context, rows) {
    const formula = compileFormula(context.params.formula)
    rows.columns(['x', 'output'])
    const listed = { from: 0, to: listedCount(context.params) }
    compute({ ...split, items: listed }, context, (x) => {
      const output = formula(x)
      if (!Number.isFinite(output)) return false
      rows.row([String(x), String(output)])
      return true
    })
  },
})

/** Takes a number; false when its output is no finite number. */
type Take = (x: number) => boolean

function compute(split: Split, context: Context, take: Take): void {
  if (context.inputs.length > 0) computeLines(split, context, take)
  else computeListed(split, context, take)
}

/** Applies the formula, tallies what comes out and writes it down, one output to a line. */
class Outputs {
  readonly #formula: Formula
  readonly #writer: ScratchWriter
  readonly #tally = new Tally()
  #text = ''

  constructor(formula: Formula, writer: ScratchWriter) {
    this.#formula = formula
    this.#writer = writer
  }

  /** False when the output is no finite number: then nothing has been written or counted. */
  add(x: number): boolean {
    const output = this.#formula(x)
    if (!Number.isFinite(output)) return false
    this.#tally.add(output)
    this.#text += `${output}\n`
    if (this.#text.length >= textLength) this.#flush()
    return true
  }

  finish() {
    this.#flush()
    const value = this.#tally.partial()
    return { value, files: { outputs: this.#writer.finish(value.count) } }
  }

  #flush(): void {
    this.#writer.write(this.#text)
    this.#text = ''
  }
}

function computeLines(split: Split, context: Context, take: Take): void {
  for (const piece of split.pieces) {
    readLines(context, piece, (line) => {
      const x = readNumber(line.bytes, line.start, line.end)
      if (typeof x === 'number' && take(x)) return
      const reason = typeof x === 'number' ? notFinite(x) : x
      const raw = line.bytes.toString('utf8', line.start, Math.min(line.end, line.start + mostRawBytes))
      context.reject({ input: piece.input, record: line.record, offset: line.offset, reason, raw })
    })
  }
}

/** Listed numbers stand in no file: their place is their number in the list. */
function computeListed({ items }: Split, context: Context, take: Take): void {
  const listed = listOf(context.params)
  for (let item = items.from, looked = items.from; item < items.to; item++) {
    const x = listed(item)
    const place = { input: 0, record: item - items.from, offset: item }
    if (context.record(place, () => String(x)) && !take(x))
      context.reject({ ...place, reason: notFinite(x), raw: String(x) })
    if (item + 1 === items.to || item + 1 - looked === itemsBetweenLooks) {
      context.progress(0, item + 1 - looked)
      looked = item + 1
    }
  }
  context.endPiece(items.to - items.from)
}

function listOf(params: NumbersParams): (item: number) => number {
  const { values } = params
  if (values !== undefined) return (item) => values[item] ?? NaN
  const sequence = sequenceOf(params)
  return (item) => sequence?.at(item) ?? NaN
}

function notFinite(x: number): string {
  return `the formula gives no finite number for ${x}`
}
