import { dirname } from 'node:path'
import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import { type Part, type RunContext, type Split, defineRun } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import { lineText, type LineView, readLines } from '../../datasets/lines/read.ts'
import { fieldText, rejectRow, type RowBatch } from '../../datasets/table/batch.ts'
import { tableRuns } from '../../datasets/table/indexStages.ts'
import { readTable } from '../../datasets/table/read.ts'
import { Claims } from './claims.ts'
import { Failures } from './failures.ts'
import { haltOf } from './halt.ts'
import { ItemListWriter, joinLists, readItems } from './itemList.ts'
import { KeptItems } from './kept.ts'
import { collects, type CommandParams, commandOf, type Counts, kind, resultSchema } from './kind.ts'
import { type ItemEnd, Report } from './report.ts'
import { ItemRunner } from './runItem.ts'
import type { Item } from './template.ts'

type Context = RunContext<CommandParams>

const listedSchema = z.strictObject({ items: z.int().min(0) })

export const run = defineRun(kind, {
  maps: {
    ...tableRuns.maps,
    async read(split, context, uses) {
      const list = new ItemListWriter(context)
      if (context.params.per === 'line') listLines(split, context, list)
      else
        for await (const batch of readTable(split, context, uses))
          for (let row = 0; row < batch.rows; row += 1) listRow(batch, row, { context, list })
      return list.finish()
    },
    async run(split, context, [listed]) {
      invariant(listed !== undefined, 'command: items are listed')
      return await runItems(split, context, listed)
    },
  },
  merges: {
    ...tableRuns.merges,
    list: (parts, context) => joinLists(parts, context),
    count(parts, context) {
      const counted = parts.map(({ value }) => resultSchema.parse(value))
      return { value: counted.reduce(add, { ...nothing, shell: context.params.shell }) }
    },
  },
  tasks: {
    ...tableRuns.tasks,
    files(_args, _uses, context) {
      const { files } = joinLists([], context)
      return { value: { items: context.inputs.length }, ...(files === undefined ? {} : { files }) }
    },
    tell(_args, [counted], context) {
      const value = resultSchema.parse(counted?.value)
      new KeptItems(context).trim(Date.now())
      const sentence = storyOf(value)
      if (sentence !== '') context.tell(sentence)
      return { value }
    },
  },
})

function listLines(split: Split, context: Context, list: ItemListWriter): void {
  const addLine = (line: LineView): void => {
    const text = lineText(line)
    const complaint = complaintAbout(text, Buffer.byteLength(text) === line.end - line.start)
    if (complaint === null) list.add(text, [text])
    else {
      const { input, record, offset } = line
      context.reject({ input, record, offset, reason: complaint, raw: text })
    }
  }
  for (const piece of split.pieces) readLines(context, piece, addLine)
}

/** `{}` stands for all of a row, with tabs between its values. */
function listRow(batch: RowBatch, row: number, { context, list }: { context: Context; list: ItemListWriter }): void {
  const values = Array.from({ length: batch.columns }, (_, column) => fieldText(batch, row, column) ?? '')
  const text = values.join('\t')
  const complaint = complaintAbout(text, true)
  if (complaint === null) list.add(text, values)
  else rejectRow(context, { batch, row }, complaint)
}

/** What cannot be a word of a command. Invalid UTF-8 is longer or shorter by what stands in its place. */
function complaintAbout(text: string, isWhole: boolean): string | null {
  if (text.includes('\0')) return 'it has a NUL, which no word of a command can hold'
  return isWhole || !text.includes('\uFFFD') ? null : 'it is no UTF-8'
}

async function runItems(split: Split, context: Context, listed: Part) {
  const [file] = Object.values(listed.files)
  invariant(file !== undefined, 'command: a list has files')
  const path = context.path(file)
  const { items } = listedSchema.parse(listed.value)
  const failures = new Failures(`${path}.failed`, haltOf(context.params.halt), items)
  const claims = new Claims(context, collects(context.params))
  const template = commandOf(context.params, context.inputs)
  const runner = new ItemRunner({ context, template, failures, claims, scratch: dirname(path) })
  const report = new Report(context, split.from === 0)
  let counts: Result = { ...nothing, shell: context.params.shell }
  for (const item of itemsOf(split, context, listed)) {
    const input = context.params.per === 'file' ? inputOf(context, item.number - 1) : null
    const end = await runner.run(item, input)
    report.add(end)
    rejectFailed(end, context)
    counts = add(counts, countOf(end))
    context.progress(0, 1)
  }
  counts = { ...counts, outputBytes: claims.outputBytes, files: claims.files }
  return { value: counts, files: { ...claims.finish(), ...report.finish() } }
}

function itemsOf({ items }: Split, context: Context, listed: Part): Item[] {
  if (context.params.per !== 'file') return readItems(listed, items, context)
  return context.inputs.slice(items.from, items.to).map(({ path }, index) => {
    return { number: items.from + index + 1, text: path, values: [path] }
  })
}

/** Items stand in no input. */
function rejectFailed({ item, state, attempts, last }: ItemEnd, context: Context): void {
  if (last === null || (state !== 'failed' && state !== 'timedOut')) return
  const how = state === 'timedOut' ? `timed out after ${context.params.timeoutMs ?? 0} ms` : endOf(last)
  const often = attempts === 1 ? '' : ` (${attempts} attempts)`
  const said = last.stderr.trim().split('\n').at(-1) ?? ''
  const reason = `item ${item.number} ${how}${often}${said === '' ? '' : `: ${said}`}`
  context.reject({ input: context.inputs.length, record: 0, offset: item.number - 1, reason, raw: item.text })
}

function endOf({ exitCode, signal }: NonNullable<ItemEnd['last']>): string {
  if (exitCode !== null) return `ended with exit code ${exitCode}`
  return signal === null ? 'could not be started' : `was ended by ${signal}`
}

type Result = Counts & { halted: boolean; shell: boolean }

const nothing: Result = {
  items: 0,
  done: 0,
  reused: 0,
  failed: 0,
  timedOut: 0,
  notRun: 0,
  attempts: 0,
  runMs: 0,
  outputBytes: 0,
  files: 0,
  halted: false,
  shell: false,
}

function countOf({ state, attempts, runMs }: ItemEnd): Result {
  return {
    ...nothing,
    items: 1,
    done: state === 'done' || state === 'reused' ? 1 : 0,
    reused: state === 'reused' ? 1 : 0,
    failed: state === 'failed' || state === 'timedOut' ? 1 : 0,
    timedOut: state === 'timedOut' ? 1 : 0,
    notRun: state === 'notRun' ? 1 : 0,
    attempts,
    runMs,
    halted: state === 'notRun',
  }
}

function add(one: Result, other: Result): Result {
  return {
    items: one.items + other.items,
    done: one.done + other.done,
    reused: one.reused + other.reused,
    failed: one.failed + other.failed,
    timedOut: one.timedOut + other.timedOut,
    notRun: one.notRun + other.notRun,
    attempts: one.attempts + other.attempts,
    runMs: Math.round(one.runMs + other.runMs),
    outputBytes: one.outputBytes + other.outputBytes,
    files: one.files + other.files,
    halted: one.halted || other.halted,
    shell: one.shell || other.shell,
  }
}

function storyOf({ reused, items, halted, notRun, shell }: Result): string {
  const told = [
    shell ? 'A shell read the command.' : '',
    reused > 0 ? `${reused} of ${items} items had been done by an earlier job and were left out.` : '',
    halted ? `Too many failed: ${notRun} were not run.` : '',
  ]
  return told.filter((sentence) => sentence !== '').join(' ')
}
