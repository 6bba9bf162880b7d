import type { Input } from '../contract/dataset.ts'
import { Bug } from '../contract/invariant.ts'
import type { OutputSample } from '../contract/outputSample.ts'
import { type Run, type SampleRows, type ScratchWriter, type Split, TaskStopped } from '../contract/run.ts'
import type { SampleReply, ToWorker } from '../contract/workerMessages.ts'
import { cellsOfInput, piecesOf } from '../datasets/bytes/grid.ts'
import { TaskContext } from './context.ts'
import { PlainCounters } from './counters.ts'
import { failureOf } from './failure.ts'
import type { FindRun } from './perform.ts'

/**
 * The first rows that a job would write, by the kind's own code over the head of its inputs. It reads no more than it needs, stops like a
 * task that is told to, and writes nothing.
 */
export interface SampleLimits {
  rows: number
  columns: number
  /** Of a field. */
  characters: number
  /** From where on it is looked for no longer. */
  bytes: number
  ms: number
}

const usualLimits: SampleLimits = { rows: 20, columns: 100, characters: 500, bytes: 256 * 1024 * 1024, ms: 1000 }

type Asked = Pick<Extract<ToWorker, { type: 'sample' }>, 'kind' | 'params' | 'inputs'>

export async function makeSample(asked: Asked, findRun: FindRun, limits = usualLimits): Promise<SampleReply> {
  try {
    const run = await findRun(asked.kind)
    return { type: 'sampled', sample: run.sample === undefined ? null : await sampleOf(run, asked, limits) }
  } catch (error) {
    const { code, message } = failureOf(error)
    return code === 'refused-input' ? { type: 'refused', message } : { type: 'none', why: message }
  }
}

async function sampleOf(run: Run, { params, inputs }: Asked, limits: SampleLimits): Promise<OutputSample | null> {
  const heads = inputs.map(headOf)
  const counters = new SampleCounters(limits)
  const context = new SampleContext({
    job: { inputs: heads, scratch: '' },
    params: run.kind.params.parse(params),
    seq: 0,
    attempt: 1,
    counters,
  })
  const rows = new FirstRows(limits)
  let ended: OutputSample['ended'] = 'whole'
  try {
    await run.sample?.(wholeOf(heads), context, rows)
  } catch (error) {
    if (!(error instanceof TaskStopped)) throw error
    ended = rows.isFull ? 'full' : 'cut'
  } finally {
    context.close()
  }
  const [first] = context.rejects
  return {
    ...rows.shown(),
    read: context.rows,
    rejected: context.rejectedCount,
    reason: first?.reason ?? null,
    ended,
  }
}

/** Where records start is known in an input's first cell: text, which can be read from its beginning, has no other. */
function headOf(input: Input): Input {
  const format = input.table?.format ?? 'csv'
  if (format !== 'csv' && format !== 'jsonl') return input
  const { cellEnds: _, ...head } = input
  return { ...head, cellBytes: Math.max(1, input.bytes) }
}

function wholeOf(inputs: readonly Input[]): Split {
  const cells = inputs.reduce((sum, input) => sum + cellsOfInput(input), 0)
  return { from: 0, to: cells, pieces: piecesOf(inputs, 0, cells), items: { from: 0, to: 0 } }
}

class SampleContext extends TaskContext {
  override scratch(): ScratchWriter {
    throw new Bug('a sample writes nothing')
  }
}

/** Tells it to stop when it has read for long enough. */
class SampleCounters extends PlainCounters {
  readonly #limits: SampleLimits
  readonly #until: number

  constructor(limits: SampleLimits) {
    super()
    this.#limits = limits
    this.#until = performance.now() + limits.ms
  }

  override isStopped(): boolean {
    return this.bytes >= this.#limits.bytes || performance.now() >= this.#until
  }
}

class FirstRows implements SampleRows {
  readonly #limits: SampleLimits
  #names: readonly string[] = []
  readonly #rows: (string | null)[][] = []

  constructor(limits: SampleLimits) {
    this.#limits = limits
  }

  get isFull(): boolean {
    return this.#rows.length >= this.#limits.rows
  }

  columns(names: readonly string[]): void {
    this.#names = names
  }

  row(fields: readonly (string | null)[]): void {
    this.#rows.push(fields.slice(0, this.#limits.columns).map((field) => (field === null ? null : this.#cut(field))))
    if (this.isFull) throw new TaskStopped('the sample is full')
  }

  shown(): Pick<OutputSample, 'columns' | 'moreColumns' | 'rows'> {
    const { columns } = this.#limits
    return {
      columns: this.#names.slice(0, columns).map((name) => this.#cut(name)),
      moreColumns: Math.max(0, this.#names.length - columns),
      rows: this.#rows,
    }
  }

  #cut(text: string): string {
    const { characters } = this.#limits
    return text.length > characters ? `${text.slice(0, characters - 1).toWellFormed()}…` : text
  }
}
