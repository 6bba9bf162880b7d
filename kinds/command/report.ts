import { constants } from 'node:os'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { makeRowWriter, type RowWriter } from '../../datasets/write/rows.ts'
import type { Item } from './template.ts'

/** What became of an item. */
export interface ItemEnd {
  item: Item
  /** As a person would type it. */
  shown: string
  state: 'done' | 'reused' | 'failed' | 'timedOut' | 'notRun'
  attempts: number
  /** Of the last attempt; null when there was none. */
  last: {
    exitCode: number | null
    signal: string | null
    startedAt: number
    runMs: number
    printedBytes: number
    outputBytes: number
    stderr: string
  } | null
  /** All attempts of this job together. */
  runMs: number
  files: number
}

const resultColumns = [
  'number',
  'item',
  'state',
  'exitCode',
  'signal',
  'attempts',
  'startedAt',
  'seconds',
  'printedBytes',
  'keptBytes',
  'files',
  'stderr',
]
const joblogHeader = 'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n'

/** The rows of items, in their order: `results.csv`, safe to open in a spreadsheet, and the log in the form of GNU parallel's --joblog. */
export class Report {
  readonly #results: BlockWriter
  readonly #rows: RowWriter
  readonly #joblog: ReturnType<RunContext['scratch']>
  #items = 0
  #logged = 0

  constructor(context: Pick<RunContext, 'scratch'>, isFirst: boolean) {
    this.#results = new BlockWriter(context.scratch('results'), 'none')
    const bare = resultColumns.map(() => false)
    this.#rows = makeRowWriter(this.#results, { format: 'csv', spreadsheetSafe: true, names: resultColumns, bare })
    this.#joblog = context.scratch('joblog')
    if (!isFirst) return
    this.#rows.header(resultColumns)
    this.#joblog.write(joblogHeader)
  }

  add(end: ItemEnd): void {
    this.#rows.begin()
    for (const field of fieldsOf(end))
      if (field === null) this.#rows.nothing()
      else this.#rows.text(String(field))
    this.#rows.end()
    this.#items += 1
    // What was not begun, or was ended with the job, is not in the log: --resume would take it for done.
    if (end.last === null || end.state === 'notRun') return
    this.#joblog.write(joblogLine(end, end.last))
    this.#logged += 1
  }

  finish(): { results: FileRef; joblog: FileRef } {
    return { results: this.#results.finish(this.#items), joblog: this.#joblog.finish(this.#logged) }
  }
}

function fieldsOf({ item, state, attempts, last, files }: ItemEnd): (string | number | null)[] {
  const told = [item.number, item.text, state]
  if (last === null) return [...told, null, null, attempts, null, null, null, null, files, null]
  const { exitCode, signal, startedAt, runMs, printedBytes, outputBytes, stderr } = last
  const times = [new Date(startedAt).toISOString(), seconds(runMs)]
  return [...told, exitCode, signal, attempts, ...times, printedBytes, outputBytes, files, stderr]
}

type Last = NonNullable<ItemEnd['last']>

function joblogLine({ item, shown, state }: ItemEnd, last: Last): string {
  const times = [seconds(last.startedAt), seconds(last.runMs)]
  // GNU parallel says -1 of what it has ended itself.
  const exitCode = state === 'timedOut' ? -1 : (last.exitCode ?? (last.signal === null ? notStartedCode : 0))
  return `${[item.number, ':', ...times, 0, last.printedBytes, exitCode, signalNumber(last.signal), shown].join('\t')}\n`
}

/** As shells say of what they cannot start. */
const notStartedCode = 126

function signalNumber(signal: string | null): number {
  const numbers: Record<string, number> = constants.signals
  return signal === null ? 0 : (numbers[signal] ?? 0)
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
