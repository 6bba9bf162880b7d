import type { Attempt } from '../contract/job.ts'
import { count, printable, size } from './figures.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

/** Attempts that failed, as a person reads them at a terminal: which, how each ended, how far it had come, and why. */

const mostShown = 20

export function failuresText(failures: readonly Attempt[], style: Terminal['style']): string {
  const rows = failures
    .slice(0, mostShown)
    .map((attempt) => [
      `${attempt.task}.${attempt.attempt}`,
      attempt.outcome,
      endText(attempt),
      comeText(attempt),
      attempt.peakMemoryBytes === null ? '' : size(attempt.peakMemoryBytes),
      printable(attempt.message ?? ''),
    ])
  const more = failures.length > mostShown ? `\n… and ${count(failures.length - mostShown)} more` : ''
  const heads = ['attempt', 'outcome', 'end', 'had done', 'memory', 'because']
  return table(heads, rows, (line) => style('bold', line)) + more
}

function endText({ signal, exitCode }: Attempt): string {
  return signal ?? (exitCode === null ? '' : `exit ${exitCode}`)
}

function comeText({ bytes, rows, place }: Attempt): string {
  const parts = [
    ...(bytes === null || bytes === 0 ? [] : [size(bytes)]),
    ...(rows === null || rows === 0 ? [] : [`${count(rows)} rows`]),
    ...(place === null ? [] : [`to the record at ${count(place.offset)}`]),
  ]
  return parts.join(', ')
}
