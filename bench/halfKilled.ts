import { loadavg } from 'node:os'
import { runGristmill, workersOf } from './harness/gristmill.ts'
import { machineFacts, writeResults } from './harness/results.ts'

/**
 * `npm run bench:faults`: what it costs a job that half of its workers are killed in its midst. Each job runs with and without, in
 * turn, on the built app (`npm run build`), and the quickest runs are compared; the figures go to bench/results/halfKilled.json. The bound
 * is 15 % of the wall time.
 */
const rounds = Number(process.env['GRISTMILL_BENCH_ROUNDS'] ?? 3)
const workers = 4
/** The kill comes after this share of an undisturbed run. */
const momentOfKill = 0.4
const mostCost = 0.15

const jobs = [
  { name: 'waiting', args: ['no-op', '-p', 'tasks=400', '-p', 'ms=50'] },
  { name: 'computing', args: ['primes', '-p', 'mode=range', '-p', 'from=1', '-p', 'to=20000000000'] },
]

interface RunOnce {
  wallMs: number
  tasks: number
  attempts: number
  result: string
  killed: number
}

/** One run in a home of its own; `killAfterMs` is from the host's start on. */
async function runOnce(args: readonly string[], killAfterMs: number | null): Promise<RunOnce> {
  let killed = 0
  const watch = (host: number) => {
    const timer = killAfterMs === null ? undefined : setTimeout(() => (killed = killHalf(host)), killAfterMs)
    return () => clearTimeout(timer)
  }
  const { job, result } = await runGristmill({ args: [...args, '--workers', String(workers)], watch })
  const { startedAt, finishedAt, attempts, tasks } = job
  return { wallMs: finishedAt - startedAt, tasks: tasks.total, attempts, result: JSON.stringify(result), killed }
}

function killHalf(host: number): number {
  const victims = workersOf(host).slice(0, workers / 2)
  for (const pid of victims) process.kill(pid, 'SIGKILL')
  return victims.length
}

/** What else the machine does only ever adds to it. */
function quickest(runs: readonly RunOnce[]): number {
  return Math.min(...runs.map(({ wallMs }) => wallMs))
}

async function measure({ name, args }: (typeof jobs)[number]) {
  const loadBefore = loadavg()
  const undisturbed: RunOnce[] = []
  const disturbed: RunOnce[] = []
  for (let round = 0; round < rounds; round++) {
    const calm = await runOnce(args, null)
    undisturbed.push(calm)
    const hit = await runOnce(args, startMs + momentOfKill * calm.wallMs)
    if (hit.killed !== workers / 2) throw new Error(`${name}: ${hit.killed} workers were killed`)
    if (hit.result !== calm.result) throw new Error(`${name}: the result differs`)
    disturbed.push(hit)
  }
  const [withoutMs, withMs] = [quickest(undisturbed), quickest(disturbed)]
  const cost = withMs / withoutMs - 1
  return { name, args, withoutMs, withMs, cost, loadBefore, loadAfter: loadavg(), undisturbed, disturbed }
}

/** Of host and workers, roughly: it only says when the kill comes. */
const startMs = 700

const machine = machineFacts()
const measured = []
for (const job of jobs) {
  const figures = await measure(job)
  measured.push(figures)
  console.log(`${job.name}: ${figures.withoutMs} ms, with half of ${workers} workers killed ${figures.withMs} ms`)
  console.log(`${job.name}: costs ${(100 * figures.cost).toFixed(1)} % (at most ${100 * mostCost} %)`)
}
writeResults('halfKilled', { ...machine, workers, rounds, momentOfKill, mostCost, measured })
process.exitCode = measured.every(({ cost }) => cost <= mostCost) ? 0 : 1
