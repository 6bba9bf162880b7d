import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { commandErrorLine } from '../../contract/commandError.ts'
import type { Keeping, Storage } from '../../contract/storage.ts'
import { makeVerb, type Context, type Verb } from '../commandLine.ts'
import { exitCodes, Refusal } from '../exitCodes.ts'
import { count, instant, size } from '../figures.ts'
import { homeFolder, ledgerFile } from '../homeFolder.ts'
import { readLedger } from '../ledger.ts'
import { parseCount, parseSize } from '../size.ts'
import { pairs, table } from '../table.ts'

interface Options {
  prune?: boolean
  olderThan?: string
  keepDays?: string
  keepBytes?: string
  json?: boolean
}

/** `storage`: what takes the disk in this home, how long it keeps what has ended, and letting go of it. */
export const addStorage: Verb = (program, context) => {
  makeVerb(program, 'storage', 'what takes disk space, and how long jobs that have ended are kept')
    .option('--prune', 'remove jobs that have ended, with what they wrote into the home, and kept indexes')
    .option(
      '--older-than <age>',
      'with --prune: only what ended, or was used, longer ago than this, such as 30d or 12h',
    )
    .option('--keep-days <n>', "from now on remove jobs that ended longer ago; 'all' keeps them")
    .option('--keep-bytes <size>', "from now on remove the oldest jobs above this size; 'all' keeps them")
    .option('--json', 'print JSON')
    .action(async (options: Options, command: Command) => {
      if (options.prune === true) return context.end(await prune(options, command, context))
      if (options.olderThan !== undefined) throw new Refusal('--older-than needs --prune')
      if (options.keepDays !== undefined || options.keepBytes !== undefined) await keep(options, command, context)
      await show(options, command, context)
    })
}

async function show({ json = false }: Options, command: Command, { terminal, env }: Context): Promise<void> {
  const storage = await measure(homeFolder(command, { env }))
  if (json) terminal.printJson(storage)
  else if (storage === null) terminal.note('gristmill: this home has not been made yet')
  else terminal.print(storageText(storage))
}

/** Null where there is no home yet. */
async function measure(home: string): Promise<Storage | null> {
  if (!existsSync(home)) return null
  const { homePaths } = await import('../../master/host/home.ts')
  const { readSettings } = await import('../../master/host/settings.ts')
  const { measureStorage } = await import('../../master/host/storage.ts')
  const paths = homePaths(home)
  const { keeping } = await readSettings(paths.settings)
  const none = { footprints: () => Promise.resolve([]) }
  return (
    (await readLedger<Storage | null>(paths.database, null, (reader) => measureStorage(paths, reader, keeping))) ??
    (await measureStorage(paths, none, keeping))
  )
}

const ages: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** 30d, 12h, 2w as milliseconds. */
export function parseAge(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,6})([hdw])$/.exec(text) ?? []
  const unitMs = ages[unit]
  return digits === undefined || unitMs === undefined ? undefined : Number(digits) * unitMs
}

/** Each job is named before any is removed; a running host does it, or this process is the host for the moment. */
async function prune({ olderThan }: Options, command: Command, context: Context): Promise<number> {
  const age = olderThan === undefined ? 0 : parseAge(olderThan)
  if (age === undefined) throw new Refusal(`--older-than takes an age such as 30d, 12h or 2w, not '${olderThan}'`)
  const { endedBefore } = await import('../../master/host/retention.ts')
  const { terminal } = context
  await pruneIndexes(Date.now() - age, command, context)
  const all = await readLedger(ledgerFile(command, context), [], (reader) => reader.footprints())
  const jobs = endedBefore(all, Date.now() - age)
  if (jobs.length === 0) {
    terminal.note('gristmill: no job to remove')
    return exitCodes.succeeded
  }
  for (const { id, name, state, finishedAt } of jobs)
    terminal.note(`removing ${id}  ${state}  ${instant(finishedAt)}  ${name}`)
  const { takeSeat } = await import('../seat.ts')
  const seat = await takeSeat({ home: homeFolder(command, context), mode: 'run', roots: [], context })
  let removed = 0
  try {
    for (const { id } of jobs) {
      const answer = await seat.client.jobs.remove({ job: id, out: true })
      if (answer.ok) removed += 1
      else terminal.note(`gristmill: ${commandErrorLine(answer.error)}`)
    }
  } finally {
    await seat.leave({ keepGoing: true })
  }
  terminal.print(`${count(removed)} ${removed === 1 ? 'job' : 'jobs'} removed`)
  return removed === jobs.length ? exitCodes.succeeded : exitCodes.failed
}

/** They may go at any time: no host has to know. */
async function pruneIndexes(unusedBefore: number, command: Command, context: Context): Promise<void> {
  const { homePaths } = await import('../../master/host/home.ts')
  const { trimKept } = await import('../../datasets/table/keptFiles.ts')
  const { indexes } = homePaths(homeFolder(command, context))
  const freed = trimKept(indexes, { unusedBefore, now: Date.now() })
  if (freed > 0) context.terminal.note(`removed kept indexes, ${size(freed)}`)
}

async function keep(options: Options, command: Command, context: Context): Promise<void> {
  const { openHome } = await import('../hostOptions.ts')
  const { readSettings, writeSettings } = await import('../../master/host/settings.ts')
  const { settings } = await openHome(homeFolder(command, context))
  const { keeping } = await readSettings(settings)
  const keepDays = options.keepDays === undefined ? keeping.keepDays : daysOf(options.keepDays)
  const keepBytes = options.keepBytes === undefined ? keeping.keepBytes : bytesOf(options.keepBytes)
  await writeSettings(settings, { keepDays, keepBytes })
}

function daysOf(text: string): number | null {
  const days = text === 'all' ? null : parseCount(text, [1, 36_500])
  if (days === undefined) throw new Refusal(`--keep-days takes 1 to 36500, or all, not '${text}'`)
  return days
}

function bytesOf(text: string): number | null {
  const bytes = text === 'all' ? null : parseSize(text, 'bytes')
  if (bytes === undefined) throw new Refusal(`--keep-bytes takes a size such as 20G, or all, not '${text}'`)
  return bytes
}

function keepingText({ keepDays, keepBytes }: Keeping): string {
  const limits = [
    ...(keepDays === null ? [] : [`for ${count(keepDays)} ${keepDays === 1 ? 'day' : 'days'} after they ended`]),
    ...(keepBytes === null ? [] : [`as long as the home takes no more than ${size(keepBytes)}`]),
  ]
  return limits.length === 0 ? 'jobs are kept until they are removed' : `jobs are kept ${limits.join(' and ')}`
}

function storageText({ home, keeping, bytes, total, diskFree, freeable, largest }: Storage): string {
  const figures = pairs([
    ['home', home],
    ['kept', keepingText(keeping)],
    ['database', size(bytes.database)],
    ['backups', size(bytes.backups)],
    ...(bytes.movedAside === 0 ? [] : ([['moved aside', size(bytes.movedAside)]] as const)),
    ['logs', size(bytes.logs)],
    ['scratch', size(bytes.scratch)],
    ['spool', size(bytes.spool)],
    ['out', size(bytes.out)],
    ['indexes', size(bytes.indexes)],
    ['together', size(total)],
    ['free disk', size(diskFree)],
    ['ended jobs', `${count(freeable.jobs)}; removing them frees about ${size(freeable.bytes)}`],
  ])
  if (largest.length === 0) return figures
  const rows = largest.map((job) => [
    job.id,
    job.state,
    size(job.total),
    size(job.bytes.database),
    size(job.bytes.scratch + job.bytes.spool),
    size(job.bytes.out),
    job.name,
  ])
  const heads = ['id', 'state', 'about', 'database', 'scratch', 'out', 'name']
  return `${figures}\n\n${table(heads, rows)}`
}
