import type { Command } from 'commander'
import { finalJobStates } from '../../contract/transitions.ts'
import { attendJob } from '../attendance.ts'
import { makeVerb, type Verb } from '../commandLine.ts'
import { homeFolder, ledgerFile } from '../homeFolder.ts'
import { signalExitCode } from '../interrupts.ts'
import { readDetail, readJob } from '../ledger.ts'
import { printOutcome } from '../outcomePrint.ts'
import { makeProgressDisplay } from '../progressDisplay.ts'

/** `wait JOB`: stays until it is over, and works on it when nobody else does. */
export const addWait: Verb = (program, context) => {
  makeVerb(program, 'wait', 'stay until a job is over, and print its result')
    .argument('<job>', "id, start of an id, or 'last'")
    .option('--json', 'print JSON')
    .option('--quiet', 'no progress')
    .action(async (name: string, options: { json?: boolean; quiet?: boolean }, command: Command) => {
      const { json = false, quiet = false } = options
      const file = ledgerFile(command, context)
      const { job } = await readJob(file, name, (_reader, stored) => Promise.resolve(stored))
      if (finalJobStates.has(job.state)) {
        return context.end(printOutcome(await readDetail(file, job.id), context, json))
      }
      const { takeSeat } = await import('../seat.ts')
      const seat = await takeSeat({ home: homeFolder(command, context), mode: 'run', roots: [], context })
      const display = makeProgressDisplay(context.terminal.stderr, { quiet })
      let keepGoing = true
      try {
        const attended = await attendJob({
          seat,
          job: job.id,
          read: () => readDetail(file, job.id),
          display,
          interrupt: 'leave',
        })
        keepGoing = attended.over
        context.end(attended.over ? printOutcome(attended.detail, context, json) : signalExitCode(attended.signal))
      } finally {
        await seat.leave({ keepGoing })
      }
    })
}
