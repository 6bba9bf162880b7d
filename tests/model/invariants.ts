import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Delta } from '../../contract/api.ts'
import type { JobSummary } from '../../contract/job.ts'
import type { LedgerTask } from '../../contract/ledger.ts'
import type { MemoryLedger } from '../../master/engine/testing/memoryLedger.ts'
import type { Order } from './fakeWorker.ts'
import { expectedOf } from './kinds.ts'
import type { Look, SeenJob, SeenTask } from './look.ts'

/** What holds at any instant, whatever was done before. Each check gives back what is wrong, in words; nothing is good. */

/** A worker must not hear of an attempt before the ledger says that it runs, nor get work over parts that are not on record. */
export function dispatchedTooEarly(look: Look, orders: readonly Order[]): string[] {
  return orders.flatMap(({ job, work, order: { seq, attempt } }) => {
    const task = look.task(job.number, seq)
    const name = `attempt ${attempt} of task ${seq} of job ${job.number}`
    if (task?.state !== 'running' || task.attempt !== attempt)
      return [`${name} was given to a worker while the ledger says ${JSON.stringify(task)}`]
    const missing = partsOf(look.tasks(job.number), task, work.type).filter(({ state }) => state !== 'succeeded')
    return missing.length === 0
      ? []
      : [`${name} (${work.type}) was given out before ${JSON.stringify(missing)} were done`]
  })
}

function partsOf(tasks: readonly SeenTask[], task: SeenTask, work: Order['work']['type']): SeenTask[] {
  if (work === 'publish') return tasks.filter((each) => each.operation === task.operation && each.seq !== task.seq)
  if (work === 'write') return tasks.filter((each) => each.type === 'map' && each.state !== 'replaced')
  if (work !== 'merge') return []
  const parts = new Set(JSON.parse(task.args ?? '[]') as number[])
  return tasks.filter(({ seq }) => parts.has(seq))
}

/** What watchers are told must be on disk; figures may stay behind it while the disk takes its time. */
export function announcedTooEarly(look: Look, delta: Delta, held: boolean): string[] {
  const jobs = new Map(look.jobs().map((job) => [job.id, job]))
  return delta.jobs.flatMap((summary) => {
    const job = jobs.get(summary.job.id)
    if (job === undefined) return [`job ${summary.job.id} was announced, which is not on record`]
    return differences(summary, job, held).map(
      (what) =>
        `job ${job.number} was announced with other ${what} than the ledger has: ${JSON.stringify([summary.job, job])}`,
    )
  })
}

function differences({ job: told }: JobSummary, { state, counts }: SeenJob, held: boolean): string[] {
  const ahead = (announced: number, committed: number) => (held ? announced > committed : announced !== committed)
  return [
    ...(told.state === state ? [] : ['state']),
    ...(ahead(told.tasks.succeeded, counts.succeeded) ? ['successes'] : []),
    ...(ahead(told.tasks.total, counts.total) ? ['tasks'] : []),
    ...(ahead(told.attempts, counts.attempts) ? ['attempts'] : []),
    ...(ahead(told.rejects, counts.rejects) ? ['rejects'] : []),
  ]
}

/** The rows are what was written, and the totals are what the rows come to. */
export function ledgerProblems(look: Look, mirror: MemoryLedger): string[] {
  const jobs = look.jobs()
  const onRecord = jobs.map(({ number }) => number).join()
  const written = [...mirror.jobs.keys()].toSorted((one, other) => one - other).join()
  if (onRecord !== written) return [`jobs ${onRecord} are on record, and ${written} were written`]
  return jobs.flatMap((job) => {
    const tasks = look.tasks(job.number)
    return [...rowProblems(job, tasks, mirror), ...totalProblems(job, tasks, look), ...cellProblems(job, tasks)]
  })
}

function rowProblems(job: SeenJob, tasks: readonly SeenTask[], mirror: MemoryLedger): string[] {
  const written = mirror.jobs.get(job.number)
  const asRow = (task: Pick<LedgerTask, 'seq' | 'state' | 'attempt' | 'fence' | 'from' | 'to'>) =>
    [task.seq, task.state, task.attempt, task.fence, task.from, task.to].join(' ')
  const rows = tasks.map(asRow).join('\n')
  // Numbers that an adopting job left out are holes.
  const mirrored = written?.tasks
    .filter(() => true)
    .map(asRow)
    .join('\n')
  const { attempts } = job.counts
  if (written?.state === job.state && written.attempts === attempts && rows === mirrored) return []
  const story = `${written?.state} with ${written?.attempts} attempts and\n${mirrored}`
  return [`job ${job.number} is ${job.state} with ${attempts} attempts and\n${rows}\nand was written as ${story}`]
}

function totalProblems(job: SeenJob, tasks: readonly SeenTask[], look: Look): string[] {
  const { total, attempts: _, rejects, ...states } = job.counts
  const count = (state: SeenTask['state']) => tasks.filter((task) => task.state === state).length
  const wrong = (Object.keys(states) as (keyof typeof states)[]).filter((state) => states[state] !== count(state))
  const stages = look.stageTotals(job.number)
  const setAside = tasks.reduce((sum, task) => sum + (task.state === 'succeeded' ? task.rejects : 0), 0)
  const sound =
    wrong.length === 0 &&
    total === tasks.length &&
    stages.total === total &&
    stages.succeeded === states.succeeded &&
    rejects === setAside &&
    rejects === look.rejects(job.number).length
  return sound
    ? []
    : [`the totals of job ${job.number} are not those of its rows: ${JSON.stringify([job, stages, tasks])}`]
}

/** Tasks of a map cover no cell twice; once it has succeeded, every one. */
function cellProblems(job: SeenJob, tasks: readonly SeenTask[]): string[] {
  const whole = tasks
    .filter(({ type, state }) => type === 'map' && state !== 'replaced')
    .toSorted((one, other) => one.from - other.from)
  const twice = whole.filter((task, place) => task.from < (whole[place - 1]?.to ?? 0))
  const problems = twice.map(({ seq }) => `task ${seq} of job ${job.number} covers a cell that another covers`)
  if (job.state !== 'succeeded' || whole.length === 0) return problems
  const covered = whole.reduce((sum, { from, to }) => sum + to - from, 0)
  const open = tasks.filter(({ state }) => state !== 'succeeded' && state !== 'replaced')
  const cells = Number(job.params['cells'])
  if (covered !== cells) problems.push(`job ${job.number} covers ${covered} cells of ${cells}`)
  if (open.length > 0) problems.push(`job ${job.number} succeeded with ${JSON.stringify(open)}`)
  return problems
}

interface Past {
  deaths: ReadonlyMap<string, number>
  hurt: ReadonlySet<string>
  cutOff: ReadonlySet<string>
}

/** What a job has come to is what the plain fold comes to, but for items that workers have died of. */
export function outcomeProblems(look: Look, history: Past): string[] {
  return look.jobs().flatMap((job) => {
    const setAside = look.rejects(job.number)
    const innocent = setAside.filter((item) => (history.deaths.get(`${job.id} ${item}`) ?? 0) < 2)
    const problems = innocent.map((item) => `item ${item} of job ${job.number} was set aside without two deaths`)
    const mayBeUnknown = job.kind === 'model-outside' && history.cutOff.has(job.id)
    if (job.state === 'failed' && !history.hurt.has(job.id) && !mayBeUnknown)
      problems.push(`job ${job.number} failed, and nothing had happened to it: ${JSON.stringify(job.error)}`)
    return [...problems, ...resultProblems(job, new Set(setAside))]
  })
}

function resultProblems(job: SeenJob, setAside: ReadonlySet<number>): string[] {
  const expected = expectedOf(job.kind, job.params, setAside)
  const problems: string[] = []
  if (job.state === 'succeeded' && JSON.stringify(job.result) !== JSON.stringify(expected.result))
    problems.push(
      `job ${job.number} came to ${JSON.stringify(job.result)} instead of ${JSON.stringify(expected.result)}`,
    )
  if (expected.artifact === null || job.outDir === null) return problems
  const path = join(job.outDir, 'letters.txt')
  const there = existsSync(path) ? readFileSync(path, 'utf8') : null
  // Nothing stands there in part at any time; before the job has ended it may stand there whole.
  if (there === null ? job.state === 'succeeded' : there !== expected.artifact)
    problems.push(`${path} of job ${job.number} (${job.state}) is ${JSON.stringify(there)}`)
  return problems
}
