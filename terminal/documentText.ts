import type { Job, JobDocument } from '../contract/job.ts'
import type { Json } from '../contract/json.ts'
import type { JobState } from '../contract/transitions.ts'
import { count, duration, instant, printable, size } from './figures.ts'
import { pairs, table, type CellText } from './table.ts'
import type { Terminal } from './terminal.ts'

/** A job and its result as a person reads them at a terminal. The exact form is `--json`. */

const mostRows = 20
const mostListed = 20

type Style = Terminal['style']
type Rows = Record<string, Json>[]

const stateColour = {
  queued: 'gray',
  paused: 'yellow',
  running: 'cyan',
  cancelling: 'yellow',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'yellow',
} as const satisfies Record<JobState, string>

/** A job with rejects succeeded and says so everywhere. */
export function stateText(job: Pick<Job, 'state' | 'rejects'>, style: Style): string {
  const rejects = job.rejects > 0 ? `, ${count(job.rejects)} ${job.rejects === 1 ? 'reject' : 'rejects'}` : ''
  return style(stateColour[job.state], `${job.state}${rejects}`)
}

function isScalar(value: Json): value is null | boolean | number | string {
  return value === null || typeof value !== 'object'
}

function isRows(value: Json): value is Rows {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((row) => row !== null && typeof row === 'object' && !Array.isArray(row))
  )
}

function scalarText(value: null | boolean | number | string): CellText {
  return typeof value === 'boolean' ? String(value) : value
}

const cellOf = (value: Json | undefined): CellText => {
  if (value === undefined) return ''
  return isScalar(value) ? scalarText(value) : JSON.stringify(value)
}

function listText(values: Json[]): string {
  const shown = values.slice(0, mostListed).map((value) => {
    if (typeof value === 'number') return String(value)
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
  const more = values.length > mostListed ? `, and ${count(values.length - mostListed)} more` : ''
  return shown.length === 0 ? 'none' : shown.join(', ') + more
}

function rowsText(rows: Rows, style: Style): string {
  const heads = [...new Set(rows.slice(0, mostRows).flatMap((row) => Object.keys(row)))]
  const body = rows.slice(0, mostRows).map((row) => heads.map((head) => cellOf(row[head])))
  const more = rows.length > mostRows ? `\n… and ${count(rows.length - mostRows)} more` : ''
  return table(heads, body, (line) => style('bold', line)) + more
}

/** Figures first, one to a line; then each table under its name. */
export function resultText(result: Json, style: Style): string {
  if (isScalar(result)) return String(cellOf(result) ?? 'none')
  if (isRows(result)) return rowsText(result, style)
  if (Array.isArray(result)) return printable(listText(result))
  const entries = Object.entries(result)
  const figures = entries.filter(([, value]) => !isRows(value))
  const lines = pairs(figures.map(([name, value]) => [name, Array.isArray(value) ? listText(value) : cellOf(value)]))
  const tables = entries.flatMap(([name, value]) =>
    isRows(value) ? [`${style('bold', name)}\n${rowsText(value, style)}`] : [],
  )
  return [...(lines === '' ? [] : [lines]), ...tables].join('\n\n')
}

function tasksText({ tasks, attempts }: Job): string {
  const parts = (['failed', 'cancelled', 'replaced', 'unfinished'] as const)
    .filter((state) => tasks[state] > 0)
    .map((state) => `${count(tasks[state])} ${state}`)
  const tried = attempts > tasks.total ? [`${count(attempts)} attempts`] : []
  return [count(tasks.total), ...parts, ...tried].join(', ')
}

function jobLines(job: Job, style: Style, waitsFor: string | null): string {
  const lines: [string, string][] = [
    ['job', printable(job.name)],
    ['id', job.id],
    ['kind', job.kind],
    ['state', stateText(job, style)],
  ]
  if (job.inputs.length > 0) lines.push(['inputs', inputsText(job)])
  lines.push(['tasks', tasksText(job)])
  if (waitsFor !== null) lines.push(['waits for', printable(waitsFor)])
  if (job.timing.wallMs !== null) lines.push(['time', timeText(job)])
  const width = Math.max(...lines.map(([name]) => name.length))
  // The values carry colour, so they are laid out here and not escaped again.
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

function inputsText({ inputs }: Job): string {
  const bytes = inputs.reduce((sum, input) => sum + input.bytes, 0)
  const [first] = inputs
  const names = inputs.length === 1 && first ? printable(first.name) : `${count(inputs.length)} files`
  return `${names}, ${size(bytes)}`
}

/** A rate over a moment says nothing. */
function timeText({ timing, inputs }: Job): string {
  const wallMs = timing.wallMs ?? 0
  const bytes = inputs.reduce((sum, input) => sum + input.bytes, 0)
  const rate = bytes > 0 && wallMs >= 1000 ? `, ${size((bytes / wallMs) * 1000)}/s` : ''
  return duration(wallMs) + rate
}

/** `waitsFor` is what its tasks wait for, where that is known. */
export function documentText(
  { job, result, artifacts, error }: JobDocument,
  style: Style,
  waitsFor: string | null = null,
): string {
  const parts = [jobLines(job, style, waitsFor)]
  if (error) parts.push(style('red', printable(error.message)))
  if (result !== null) parts.push(resultText(result, style))
  if (artifacts.length > 0) {
    const rows = artifacts.map((one) => [one.path, size(one.bytes), one.rows])
    parts.push(table(['artifact', 'size', 'rows'], rows, (line) => style('bold', line)))
  }
  return parts.join('\n\n')
}

/** `jobs`: one job to a line, newest first as the ledger gives them. */
export function jobsText(jobs: readonly Job[], style: Style): string {
  const rows = jobs.map((job) => [
    job.id,
    stateText(job, (_style, text) => text),
    job.kind,
    job.name,
    instant(job.createdAt),
    job.timing.wallMs === null ? null : duration(job.timing.wallMs),
  ])
  return table(['id', 'state', 'kind', 'name', 'created', 'time'], rows, (line) => style('bold', line))
}
