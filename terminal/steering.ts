import type { Command } from 'commander'
import type { CommandResult } from '../contract/commandError.ts'
import { commandErrorLine } from '../contract/commandError.ts'
import type { ApiClient } from '../master/host/host.ts'
import { attendJob } from './attendance.ts'
import { makeVerb, type Context } from './commandLine.ts'
import { exitCodeOf, exitCodes } from './exitCodes.ts'
import { homeFolder, ledgerFile } from './homeFolder.ts'
import { signalExitCode } from './interrupts.ts'
import { readDetail, readJob } from './ledger.ts'
import { makeProgressDisplay } from './progressDisplay.ts'
import type { Seat } from './seat.ts'

/**
 * Verbs that change jobs that exist: cancel, pause, resume, retry, rerun, remove. A running host does it and this returns at once. Where
 * none runs, this process is the host for the moment; for verbs that set work going, until that work is over.
 */
export interface Steering<Options = object> {
  verb: 'cancel' | 'pause' | 'resume' | 'retry' | 'rerun' | 'remove'
  description: string
  /** What is said of a job that it was done to. */
  done: string
  /** Whether it sets work going. */
  starts: boolean
  /** Gives the id of the job to wait for, where there is one. `options` are the verb's own. */
  ask(at: Asked, job: string, options: Options): Promise<CommandResult<string>>
}

/** Where a verb asks: the host, and the file in which it keeps its ledger. */
interface Asked {
  client: ApiClient
  ledger: string
}

export function addSteering<Options extends object>(
  program: Command,
  context: Context,
  steering: Steering<Options>,
): Command {
  return makeVerb(program, steering.verb, steering.description)
    .argument('<jobs...>', "ids, starts of ids, or 'last'")
    .option('--quiet', 'no progress')
    .action(async (names: string[], options: Options & { quiet?: boolean }, command: Command) => {
      const file = ledgerFile(command, context)
      // Names are looked up before anything is done to any: `last` and prefixes may mean another job afterwards.
      const ids: string[] = []
      for (const name of names) ids.push(await readJob(file, name, async (_reader, { job }) => job.id))
      const { takeSeat } = await import('./seat.ts')
      const seat = await takeSeat({ home: homeFolder(command, context), mode: 'run', roots: [], context })
      const ask = (job: string) => steering.ask({ client: seat.client, ledger: file }, job, options)
      const errand: Errand = { seat, file, context, ...steering, ask, quiet: options.quiet ?? false }
      let exitCode: number = exitCodes.succeeded
      try {
        exitCode = await steerAll(errand, [...new Set(ids)])
      } finally {
        await seat.leave({ keepGoing: exitCode < 128 && steering.starts })
      }
      context.end(exitCode)
    })
}

interface Errand {
  seat: Seat
  /** The home's ledger. */
  file: string
  context: Context
  quiet: boolean
  done: string
  starts: boolean
  ask(job: string): Promise<CommandResult<string>>
}

/** Does it to each job, whatever became of the others. The worst end is the command's. */
async function steerAll(errand: Errand, ids: readonly string[]): Promise<number> {
  const { seat, context } = errand
  const started: string[] = []
  let exitCode: number = exitCodes.succeeded
  for (const id of ids) {
    const answer = await errand.ask(id)
    if (answer.ok) {
      started.push(answer.value)
      context.terminal.print(`${answer.value} ${errand.done}`)
    } else {
      exitCode = exitCodes.refused
      context.terminal.note(`gristmill: ${commandErrorLine(answer.error)}`)
    }
  }
  if (!errand.starts || seat.own === null) return exitCode
  return Math.max(exitCode, await stayWith(errand, started))
}

async function stayWith({ seat, file, context, quiet }: Errand, jobs: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.succeeded
  for (const job of jobs) {
    const display = makeProgressDisplay(context.terminal.stderr, { quiet })
    const attended = await attendJob({ seat, job, read: () => readDetail(file, job), display, interrupt: 'leave' })
    if (!attended.over) return signalExitCode(attended.signal)
    const { job: ended } = attended.detail.document
    context.terminal.print(`${job} ${ended.state}`)
    exitCode = Math.max(exitCode, exitCodeOf(ended))
  }
  return exitCode
}
