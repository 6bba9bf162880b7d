import { rm } from 'node:fs/promises'
import type { JobRequest } from '../../contract/api.ts'
import type { Kind } from '../../contract/kind.ts'
import { oneLine } from '../../contract/oneLine.ts'
import type { Checked } from '../../contract/outputSample.ts'
import type { StoredDetail } from '../../master/store/store.ts'
import { attendJob } from '../attendance.ts'
import { checkedTexts, type CheckedTexts } from '../checkedText.ts'
import { makeVerb, type Context, type Verb } from '../commandLine.ts'
import { exitCodeOf, exitCodes, Refusal, refusalOf, valueOf, worstOf } from '../exitCodes.ts'
import { homeFolder, ledgerFile } from '../homeFolder.ts'
import { findInputs } from '../inputWords.ts'
import { signalExitCode } from '../interrupts.ts'
import { readDetail } from '../ledger.ts'
import { printOutcome } from '../outcomePrint.ts'
import type { Exchange } from '../open/exchange.ts'
import { makeProgressDisplay } from '../progressDisplay.ts'
import { recipeNamed } from '../recipes.ts'
import { allInOne, onePerInput, sourcesOf, type RunOptions, type RunPiece } from '../runRequest.ts'
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

    .argument(
      '[inputs...]',
      "files, folders, patterns such as 'logs/*.csv', '-' for stdin, or job:ID/NAME for what an earlier job wrote",
    )
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
    .option('--each', 'a job for each input, in a folder of its own below --out')
    .option('--force', 'replace files of the same names in --out')
    .option('--dry-run', 'only check it and show the first rows of what would be written; make no job')
    .option('--detach', 'leave the job to a host in the background')
    .option('--json', 'print one JSON document')
    .option('--json-lines', 'print what came of each item of stdin as a line of JSON, then the document as one')
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
      const found = await findInputs(inputs, { whole: kind.accepts.includes('folder') })
      const words = { kind, params: recipe.params, inputs, options }
      const pieces = options.each === true ? await onePerInput(words, found) : [await allInOne(words, found)]
      const run: Run = { kind, pieces, options, home, ledger: ledgerFile(command, context), context }
      context.end(await carryOut(run))
    })
}

interface Run {
  kind: Kind
  /** A job each. */
  pieces: readonly RunPiece[]
  options: RunOptions
  home: string
  /** The home's ledger. */
  ledger: string
  context: Context
}

function carryOut(run: Run): Promise<number> {
  const { dryRun = false, detach = false } = run.options
  if (dryRun && detach) throw new Refusal('--dry-run makes no job that --detach could leave to a host')
  if (dryRun) return checkOnly(run)
  return detach ? runDetached(run) : runAttended(run)
}

/** The first refusal ends it, as wrong words do: nothing is made that would have to go on. */
async function checkOnly(run: Run): Promise<number> {
  const { takeSeat } = await import('../seat.ts')
  const { kind, options, context } = run
  const seat = await takeSeat({ home: run.home, mode: 'run', roots: [], context })
  try {
    const checks: Checked[] = []
    for (const piece of run.pieces) checks.push(await checkPiece(run, seat, piece))
    if (options.json === true) context.terminal.printJson(options.each === true ? checks : checks[0])
    else for (const checked of checks) printCheck(checkedTexts(kind.id, checked, context.terminal), run)
    return exitCodes.succeeded
  } finally {
    await seat.leave({ keepGoing: true })
  }
}

function printCheck({ rows, note }: CheckedTexts, { context: { terminal }, options }: Run): void {
  if (rows !== null) terminal.print(rows)
  if (options.quiet !== true) terminal.note(`gristmill: ${note}`)
}

async function runAttended(run: Run): Promise<number> {
  const { takeSeat } = await import('../seat.ts')
  const seat = await takeSeat({ home: run.home, mode: 'run', roots: [], context: run.context })
  let keep = true
  try {
    const { jobs, refused, open } = await submitAll(run, seat)
    const exchange = open === null ? null : await exchangeOver(run, seat, open)
    const attended = await attendExchanging(run, seat, { jobs, exchange })
    keep = attended.details.length === jobs.length
    if (attended.signal !== null) return signalExitCode(attended.signal)
    return worstOf([...printAll(run, attended.details), ...(refused ? [exitCodes.failed] : [])])
  } finally {
    await seat.leave({ keepGoing: keep })
  }
}

/** What comes of items is printed to the last, however the job ends. */
async function attendExchanging(
  run: Run,
  seat: Seat,
  { jobs, exchange }: { jobs: string[]; exchange: Exchange | null },
) {
  try {
    return await attendAll(run, seat, jobs)
  } finally {
    await exchange?.end()
  }
}

interface AllAttended {
  details: StoredDetail[]
  /** What made this leave before all were over. */
  signal: NodeJS.Signals | null
}

/** One after the other, in the order of the inputs; the first Ctrl-C is meant for all of them. */
async function attendAll({ context, options, ledger }: Run, seat: Seat, jobs: readonly string[]): Promise<AllAttended> {
  const details: StoredDetail[] = []
  const cancelOthers = () => {
    for (const job of jobs.slice(details.length + 1)) seat.client.jobs.cancel({ job }).catch(noteOf(context))
  }
  process.once('SIGINT', cancelOthers)
  try {
    for (const job of jobs) {
      const display = makeProgressDisplay(context.terminal.stderr, { quiet: options.quiet ?? false })
      const read = () => readDetail(ledger, job)
      const attended = await attendJob({ seat, job, read, display, interrupt: 'cancel' })
      if (!attended.over) return { details, signal: attended.signal }
      details.push(attended.detail)
      if (options.json !== true && options.each === true) printOne(attended.detail, context)
    }
    return { details, signal: null }
  } finally {
    process.off('SIGINT', cancelOthers)
  }
}

function noteOf({ terminal }: Context): (error: Error) => void {
  return (error) => terminal.note(`gristmill: could not cancel: ${error.message}`)
}

function printOne(detail: StoredDetail, context: Context): void {
  printOutcome(detail, context, false)
  context.terminal.print('')
}

/** Those of `--each` have been printed as they ended, unless one document is to have them all. */
function printAll({ options, context }: Run, details: readonly StoredDetail[]): number[] {
  const json = options.json ?? false
  if (options.jsonLines === true) for (const { document } of details) context.terminal.print(JSON.stringify(document))
  if (options.jsonLines === true) return details.map(({ document }) => exitCodeOf(document.job))
  if (options.each !== true) return details.map((detail) => printOutcome(detail, context, json))
  if (json) context.terminal.printJson(details.map(({ document }) => document))
  return details.map(({ document }) => exitCodeOf(document.job))
}

async function runDetached(run: Run): Promise<number> {
  const { takeBackgroundSeat } = await import('../seat.ts')
  const { terminal } = run.context
  const seat = await takeBackgroundSeat({ home: run.home, context: run.context })
  try {
    const { jobs, refused } = await submitAll(run, seat)
    if (run.options.json === true) {
      const documents = []
      for (const job of jobs) documents.push((await readDetail(run.ledger, job)).document)
      terminal.printJson(run.options.each === true ? documents : documents[0])
    } else for (const job of jobs) terminal.print(`${job}\n`.trimEnd())
    if (run.options.quiet !== true)
      for (const job of jobs) terminal.note(`gristmill: job ${job} runs in the background; see gristmill wait ${job}`)
    return refused ? exitCodes.failed : 0
  } finally {
    await seat.leave({ keepGoing: true })
  }
}

interface OpenJob {
  job: string
  /** stdin, to be given to it. */
  items: AsyncIterable<Uint8Array>
}

interface AllSubmitted {
  jobs: string[]
  refused: boolean
  open: OpenJob | null
}

async function exchangeOver({ options, context }: Run, seat: Seat, open: OpenJob) {
  const { beginExchange } = await import('../open/exchange.ts')
  const asDocument = options.json === true ? null : 'text'
  return beginExchange({ seat, ...open, answers: options.jsonLines === true ? 'json' : asDocument, context })
}

/** Of several jobs one that is refused does not keep the others from being made. */
async function submitAll(run: Run, seat: Seat): Promise<AllSubmitted> {
  const jobs: string[] = []
  let open: OpenJob | null = null
  const refusals: Refusal[] = []
  for (const piece of run.pieces) {
    try {
      const { job, items } = await submit(run, seat, piece)
      jobs.push(job)
      if (items !== null) open = { job, items }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refusals.push(error)
    }
  }
  const [first] = refusals
  if (jobs.length === 0 && first !== undefined) throw first
  for (const refusal of refusals) run.context.terminal.note(`gristmill: ${oneLine(refusal.message)}`)
  return { jobs, refused: refusals.length > 0, open }
}

async function submit(run: Run, seat: Seat, piece: RunPiece): Promise<Submitted> {
  const { request, stdin } = await withSources(run, seat, piece)
  const submitted = await seat.client.jobs.submit(request)
  if (submitted.ok) return { job: submitted.value.job.job.id, items: stdin.items }
  await dropSpooled(stdin)
  throw refusalOf(submitted.error)
}

async function checkPiece(run: Run, seat: Seat, piece: RunPiece): Promise<Checked> {
  const { request, stdin } = await withSources(run, seat, piece)
  try {
    return valueOf(await seat.client.jobs.check(request))
  } finally {
    await dropSpooled(stdin)
  }
}

/**
 * The whole request. Stdin is spooled where it is an input that does not stay open; when the host there was ended while it was read, the
 * next one is to be asked. What was spooled is a job's own once one was made of it, and nobody's otherwise.
 */
async function withSources(
  run: Run,
  seat: Seat,
  { inputs, request }: RunPiece,
): Promise<{ request: JobRequest; stdin: Stdin }> {
  if (seat.own === null) await requireSendable({ ...request, sources: sourcesOf(inputs, undefined) })
  const stdin = inputs.some(({ word }) => word === '-') ? await takeStdin(run, seat, inputs.length) : noStdin
  if (seat.lost) await seat.move()
  const { path, items } = stdin
  const sources = items === null ? sourcesOf(inputs, path) : [{ type: 'open' as const, leased: true, name: 'stdin' }]
  return { request: { ...request, sources }, stdin }
}

async function dropSpooled({ path }: Stdin): Promise<void> {
  if (path !== undefined) await rm(path, { force: true })
}

interface Submitted {
  job: string
  /** stdin, where it goes on and its items are taken as they come. */
  items: AsyncIterable<Uint8Array> | null
}

type Stdin = { path: string; items: null } | { path: undefined; items: AsyncIterable<Uint8Array> | null }
const noStdin: Stdin = { path: undefined, items: null }

/** Kept in the spool; or, where it is the only input, goes on and the kind takes items one by one, left to be given. */
async function takeStdin({ kind, options }: Run, seat: Seat, inputs: number): Promise<Stdin> {
  const { lookAhead } = await import('../open/lookAhead.ts')
  const mayBeOpen = kind.open && inputs === 1 && options.detach !== true && options.dryRun !== true
  const ahead = mayBeOpen ? await lookAhead(process.stdin) : { open: false, stream: process.stdin }
  if (ahead.open) return { path: undefined, items: ahead.stream }
  if (kind.inputs === 'none') throw new Refusal(`cannot run ${kind.id} on stdin: it reads no input`)
  const { spoolStream } = await import('../spool.ts')
  return { path: await spoolStream(ahead.stream, seat.spool), items: null }
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
