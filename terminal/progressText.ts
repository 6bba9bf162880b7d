import type { JobSummary } from '../contract/job.ts'
import { durationRange, printable, size } from './figures.ts'
import { widthOf } from './table.ts'

/** One line about a job under way. */

/** Eighths of a column, so that the bar moves smoothly. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const barColumns = 24

export function bar(fraction: number, columns = barColumns): string {
  const parts = Math.floor(Math.min(1, Math.max(0, fraction)) * columns * 8)
  const filled = '█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8]
  return `▕${filled.padEnd(columns)}▏`
}

/** Rounded down: 100% is only ever said of all of it. */
export function percent(fraction: number): string {
  return `${Math.floor(fraction * 100)}%`
}

function bytesText({ bytesDone, bytesTotal }: { bytesDone: number; bytesTotal: number | null }): string {
  return bytesTotal === null ? size(bytesDone) : `${size(bytesDone)} of ${size(bytesTotal)}`
}

/** What is known of a running job, most telling first: a total that is not known is not made up. */
function facts({ job, progress }: JobSummary): string[] {
  if (progress === null) return [job.state]
  const known = job.state === 'running' ? [progress.stage] : [job.state]
  if (progress.bytesDone > 0 || (progress.bytesTotal ?? 0) > 0) known.push(bytesText(progress))
  if (progress.bytesPerSecond > 0) known.push(`${size(progress.bytesPerSecond)}/s`)
  if (job.tasks.total > 1) known.push(`${job.tasks.succeeded}/${job.tasks.total} tasks`)
  if (progress.remainingMs !== null) known.push(`${durationRange(progress.remainingMs)} left`)
  if (job.rejects > 0) known.push(`${job.rejects} set aside`)
  if (progress.waitingFor !== null) known.push(progress.waitingFor)
  return known.filter((fact) => fact !== '').map(printable)
}

/** For a terminal: never longer than its line, or it could not be erased. */
export function barLine(summary: JobSummary, columns: number): string {
  const fraction = summary.progress?.fraction ?? null
  const head = fraction === null ? '' : `${bar(fraction)} ${percent(fraction).padStart(4)}  `
  let line = ''
  for (const fact of facts(summary)) {
    const longer = line === '' ? head + fact : `${line}  ${fact}`
    if (widthOf(longer) >= columns) break
    line = longer
  }
  return line === '' ? head.trimEnd().slice(0, Math.max(0, columns - 1)) : line
}

/** For a log file or a pipe: a whole line. */
export function plainLine(summary: JobSummary): string {
  const fraction = summary.progress?.fraction ?? null
  const head = fraction === null ? [] : [percent(fraction)]
  return `${printable(summary.job.name)}: ${[...head, ...facts(summary)].join(', ')}`
}
