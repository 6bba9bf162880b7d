import { join } from 'node:path'
import type { JobDetail } from '../../contract/api.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import type { HostConnection } from '../../master/host/client.ts'
import { chanceOf } from '../harness/chance.ts'
import { until } from '../process/processes.ts'
import { audit, type Totals } from './audit.ts'
import { Customers } from './customers.ts'
import { endAll } from './ending.ts'
import { Findings } from './findings.ts'
import { fuzz, type Fuzzed } from './fuzz.ts'
import { Hosts } from './hosts.ts'
import { judgePromises } from './promises.ts'
import { Requests } from './requests.ts'
import { Site } from './site.ts'
import { Trouble, type TroubleName } from './trouble.ts'
import { judge } from './verdict.ts'
import { Witness } from './witness.ts'

/**
 * A real host under trouble of every kind, with customers who do not wait for it to pass. Every decision comes from the seed; what it
 * meets, and when, is the machine's. In the end everything is let go, every job ends, and the books are held against each other.
 */
export interface SoakOptions {
  minutes: number
  seed: number
  /** These troubles alone; all of them when empty. */
  only: readonly TroubleName[]
  /** Cases for each boundary that is sent anything at all; 0 leaves that out. */
  fuzzCases: number
  /** How long jobs may take to end when the trouble is over. */
  patienceMs: number
  /** A folder for the ledger and the logs, if anything was wrong. */
  traces: string
  tell: (line: string) => void
}

export interface SoakReport extends Totals {
  seed: number
  minutes: number
  kills: number
  stops: number
  lost: number
  doubled: number
  orphans: number
  done: Findings['done']
  fuzzed: Fuzzed | null
  faults: string[]
  /** Troubles that could not be made here, and why. */
  leftOut: string[]
}

const customersAtOnce = 3

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { minutes, seed, only, traces, tell } = options
  const findings = new Findings()
  const site = new Site()
  const world = openWorld({ site, findings, seed, only })
  try {
    tell(`making trouble for ${minutes} min, by seed ${seed}`)
    await turmoil(world, seed, minutes)
    tell('the trouble is over; every job has to end')
    const details = await endAll(site, options.patienceMs)
    // Commands wait for the job that they are about: where one does not end, they do not.
    if (details.every(({ document }) => finalJobStates.has(document.job.state))) await world.customers.end()
    await judgeAll(world, details, findings)
    tell('every job has ended; every process has to end')
    const orphans = await endProcesses(world, findings)
    const totals = audit(site.paths.database, findings)
    judgeScratch(site, details, findings)
    const fuzzed = await fuzzBoundaries(options, findings)
    return reportOf({ minutes, seed, findings, totals, orphans, fuzzed, leftOut: leftOut(site) })
  } catch (error) {
    findings.fault(String(error))
    // Told at once: what fails while all is put away must not take its place.
    for (const fault of findings.faults) tell(fault)
    throw new Error(findings.faults.join('\n'), { cause: error })
  } finally {
    await stopAll(world)
    if (findings.faults.length > 0) site.keepTraces(traces)
    await site.close()
  }
}

interface Found extends Pick<SoakReport, 'minutes' | 'seed' | 'orphans' | 'fuzzed' | 'leftOut'> {
  findings: Findings
  totals: Totals
}

function reportOf({ minutes, seed, orphans, fuzzed, leftOut, findings, totals }: Found): SoakReport {
  const { done, lost, doubled, faults } = findings
  const kills = done.killedHosts + done.killedWorkers
  const stops = done.stoppedHosts + done.stoppedWorkers
  return { seed, minutes, kills, stops, ...totals, lost, doubled, orphans, fuzzed, done, faults, leftOut }
}

async function fuzzBoundaries({ fuzzCases, tell }: SoakOptions, findings: Findings): Promise<Fuzzed | null> {
  if (fuzzCases === 0) return null
  tell(`sending ${fuzzCases} cases to each boundary`)
  return await fuzz(fuzzCases, (sentence) => findings.fault(sentence))
}

function leftOut({ disk }: Site): string[] {
  return disk === null ? ['full disks, which need a file system that only root may mount'] : []
}

interface Opening extends Pick<SoakOptions, 'seed' | 'only'> {
  site: Site
  findings: Findings
}

interface World {
  site: Site
  hosts: Hosts
  customers: Customers
  witness: Witness
  trouble: Trouble
}

function openWorld({ site, findings, seed, only }: Opening): World {
  const hosts = new Hosts(site, findings)
  const customers = new Customers({ site, requests: new Requests(site, chanceOf(seed)), findings })
  const trouble = new Trouble({ site, hosts, findings, chance: chanceOf(seed + 1000) }, only)
  return { site, hosts, customers, witness: new Witness(site), trouble }
}

async function turmoil({ hosts, customers, witness, trouble }: World, seed: number, minutes: number): Promise<void> {
  hosts.keep()
  await until('the first host', () => hosts.master !== null)
  witness.start()
  const visits = Array.from({ length: customersAtOnce }, (_, index) => customers.visit(chanceOf(seed + 1 + index)))
  const deadline = performance.now() + minutes * 60_000
  await Promise.race([trouble.make(deadline), untilBroken(visits)])
  customers.close()
  await Promise.all(visits)
}

/** Never resolves: a customer that fails ends the soak. */
async function untilBroken(visits: readonly Promise<void>[]): Promise<never> {
  await Promise.all(visits)
  return await new Promise<never>(() => {})
}

/** Nobody starts a process or asks for anything any more. */
async function stopAll({ hosts, customers, witness, trouble }: World): Promise<void> {
  customers.close()
  await trouble.end()
  await hosts.stop()
  await witness.end()
}

async function judgeAll(world: World, details: readonly JobDetail[], findings: Findings): Promise<void> {
  judgePromises(world, details, findings)
  await world.site.ask(async (host) => {
    for (const detail of details) await judgeJob({ world, host, findings }, detail)
  })
}

async function judgeJob(
  { world, host, findings }: { world: World; host: HostConnection; findings: Findings },
  detail: JobDetail,
): Promise<void> {
  const { job, error } = detail.document
  const { asked, cancelled } = world.customers
  const request = asked.get(job.name)
  if (request === undefined) return findings.fault(`nobody asked for ${job.name}`)
  if (job.state === 'cancelled') {
    if (!cancelled.has(job.id)) findings.fault(`nobody cancelled ${job.name} (${job.id})`)
    return
  }
  if (job.state !== 'succeeded')
    return findings.lose(`${job.name} (${job.kind}, ${job.id}), ${job.state}: ${error?.message ?? 'it did not end'}`)
  const tasks = await host.client.jobs.tasks({ job: job.id, limit: 100_000 })
  const rejects = await host.client.jobs.rejects({ job: job.id, limit: 100_000 })
  if (!tasks.ok || !rejects.ok) throw new Error(`cannot read what became of ${job.id}`)
  judge({ request, detail, tasks: tasks.value.tasks, rejects: rejects.value.rejects }, findings)
}

/** Every process ends when it is told to; gives how many did not. */
async function endProcesses(world: World, findings: Findings): Promise<number> {
  const { site } = world
  await stopAll(world)
  for (const { pid, command } of site.ground.processes())
    if (!command.endsWith('/worker.js')) process.kill(pid, 'SIGTERM')
  try {
    await site.ground.untilEmpty()
  } catch (error) {
    findings.fault(`processes are left: ${String(error)}`)
  }
  return site.ground.processes().length
}

/** Only jobs that can still go on, or whose records can be mended, keep what lies between their tasks. */
function judgeScratch({ ground, paths }: Site, details: readonly JobDetail[], findings: Findings): void {
  const over = details
    .map(({ document }) => document.job)
    .filter(({ state, rejects }) => state === 'succeeded' && rejects === 0)
  const left = new Set(ground.filesIn(paths.scratch).map((file) => file.split('/')[0]))
  for (const { id, name } of over)
    if (left.has(id)) findings.fault(`left over: scratch of ${name} in ${join(paths.scratch, id)}`)
}
