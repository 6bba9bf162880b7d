import type { StoredDetail } from '../master/store/store.ts'
import type { Context } from './commandLine.ts'
import { documentText, resultText } from './documentText.ts'
import { exitCodeOf } from './exitCodes.ts'
import { printable } from './figures.ts'

/** The end of a command that waited for a job: its document on stdout, why it failed on stderr. Gives the exit code. */
export function printOutcome(
  { document, partial }: Pick<StoredDetail, 'document' | 'partial'>,
  { terminal }: Context,
  json: boolean,
): number {
  const { job, error } = document
  if (json) terminal.printJson(document)
  else terminal.print(documentText(document, terminal.style))
  if (!json && job.state === 'cancelled' && partial !== null && document.result === null) {
    const covered = `partial answer over ${Math.floor(partial.coverage * 100)}% of the work`
    terminal.print(`\n${terminal.style('yellow', covered)}\n${resultText(partial.result, terminal.style)}`)
  }
  if (job.state === 'failed')
    terminal.note(`gristmill: job ${job.id} failed: ${printable(error?.message ?? 'no reason known')}`)
  return exitCodeOf(job)
}
