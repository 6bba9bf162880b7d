import { rm } from 'node:fs/promises'
import type { JobRequest } from '../../contract/api.ts'
import type { Kind } from '../../contract/kind.ts'
import { attendJob } from '../attendance.ts'
import { makeVerb, type Context, type Verb } from '../commandLine.ts'
import { Refusal, refusalOf } from '../exitCodes.ts'
import { homeFolder, ledgerFile } from '../homeFolder.ts'
import { signalExitCode } from '../interrupts.ts'
import { readDetail } from '../ledger.ts'
import { printOutcome } from '../outcomePrint.ts'
import { makeProgressDisplay } from '../progressDisplay.ts'
import { recipeNamed } from '../recipes.ts'
import { makeRunRequest, sourcesOf, type RunOptions, type RunRequest } from '../runRequest.ts'
import type { Seat } from '../seat.ts'
import { findKind } from './kinds.ts'

/** What a message has besides the request. */
const roomForEnvelope = 4096

const collect = (value: string, earlier: string[]) => [...earlier, value]

/** `run KIND [INPUT…|-]`: makes a job, stays until it is over and prints its result. */
export const addRun: Verb = (program, context) => {
  const command = makeVerb(program, 'run', 'run a job and print its result')
  command
    .argument('<kind>', 'what to do (see gristmill kinds), or @NAME for a recipe')
    .argument('[inputs...]', "files, '-' for stdin, or job:ID/NAME for what an earlier job wrote")
    .option('-p, --param <key=value>', 'a param of the kind; may be repeated', collect, [])
    .option('--params <file>', 'a JSON file of params')
    .option('--name <name>', "the job's name")
    .option('--out <dir>', 'folder for the artifacts (default ./gristmill-out/<job name>)')
    .option('--workers <n>', 'how many workers it may use, 1 to 64 (default: all cores)')
    .option('--split <size>', 'size of a task: bytes with K, M or G for files, items otherwise')
    .option(
      '--max-rejects <n>',
      'fail when more records are set aside (default: 1000, or 1% of the rows if that is more)',
    )
    .option('--force', 'replace files of the same names in --out')
    .option('--detach', 'leave the job to a host in the background')
    .option('--json', 'print one JSON document')
    .option('--quiet', 'no progress')
    .action(async (id: string, inputs: string[]) => {
      const options = command.opts<RunOptions>()
      const { plans } = await import('../../master/engine/plans.ts')
      const home = homeFolder(command, context)
      const recipe = id.startsWith('@') ? await recipeNamed(home, id.slice(1)) : { kind: id, params: {} }
      const kind = findKind(
        plans.map((plan) => plan.kind),
        recipe.kind,
      )
      const request = await makeRunRequest({ kind, params: recipe.params, inputs, options })
      const run: Run = { kind, inputs, options, request, home, ledger: ledgerFile(command, context), context }
      context.end(options.detach === true ? await runDetached(run) : await runAttended(run))
    })
}

interface Run {
  kind: Kind
  inputs: readonly string[]
  options: RunOptions
  request: RunRequest
  home: string
  /** The home's ledger. */
  ledger: string
  context: Context
}

async function runAttended(run: Run): Promise<number> {
  const { takeSeat } = await import('../seat.ts')
  const { context, options } = run
  const seat = await takeSeat({ home: run.home, mode: 'run', roots: [], context })
  let keep = true
  try {
    const job = await submit(run, seat)
    const display = makeProgressDisplay(context.terminal.stderr, { quiet: options.quiet ?? false })
    const attended = await attendJob({
      seat,
      job,
      read: () => readDetail(run.ledger, job),
      display,
      interrupt: 'cancel',
    })
    keep = attended.over
    if (!attended.over) return signalExitCode(attended.signal)
    return printOutcome(attended.detail, context, options.json ?? false)
  } finally {
    await seat.leave({ keepGoing: keep })
  }
}

async function runDetached(run: Run): Promise<number> {
  const { takeBackgroundSeat } = await import('../seat.ts')
  const { terminal } = run.context
  const seat = await takeBackgroundSeat({ home: run.home, context: run.context })
  try {
    const job = await submit(run, seat)
    if (run.options.json === true) terminal.printJson((await readDetail(run.ledger, job)).document)
    else terminal.print(`${job}\n`.trimEnd())
    if (run.options.quiet !== true)
      terminal.note(`gristmill: job ${job} runs in the background; see gristmill wait ${job}`)
    return 0
  } finally {
    await seat.leave({ keepGoing: true })
  }
}

/**
 * Spools stdin where it is an input, and hands the request over: to the next host when the one there was ended while stdin was read.
 * A refusal leaves neither a job nor the spooled bytes.
 */
async function submit(run: Run, seat: Seat): Promise<string> {
  if (seat.own === null) await requireSendable({ ...run.request, sources: sourcesOf(run.inputs, undefined) })
  const spooled = run.inputs.includes('-') ? await spoolStdin(seat, run.kind) : undefined
  if (seat.lost) await seat.move()
  const submitted = await seat.client.jobs.submit({ ...run.request, sources: sourcesOf(run.inputs, spooled) })
  if (submitted.ok) return submitted.value.job.job.id
  if (spooled !== undefined) await rm(spooled, { force: true })
  throw refusalOf(submitted.error)
}

async function spoolStdin(seat: Seat, kind: Kind): Promise<string> {
  if (kind.inputs === 'none') throw new Refusal(`cannot run ${kind.id} on stdin: it reads no input`)
  const { spoolStream } = await import('../spool.ts')
  return spoolStream(process.stdin, seat.spool)
}

/** A host elsewhere takes messages up to a size, and cuts off who sends a longer one. */
async function requireSendable(request: JobRequest): Promise<void> {
  const { maxMessageBytes } = await import('../../master/host/guardedSocket.ts')
  const bytes = Buffer.byteLength(JSON.stringify(request))
  if (bytes < maxMessageBytes - roomForEnvelope) return
  throw new Refusal(
    `cannot hand this job to the host that runs: its params and inputs take ${bytes} bytes, more than a message may have; put values into a file, or end that host first`,
  )
}
