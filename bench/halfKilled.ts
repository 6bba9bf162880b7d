import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * `npm run bench:faults`: what it costs a job that half of its workers are killed in its midst. Each job runs with and without, in
 * turn, on the built app (`npm run build`), and the quickest runs are compared; the figures go to bench/results/halfKilled.json. The bound
 * is 15 % of the wall time.
 */
const root = resolve(import.meta.dirname, '..')
const entry = join(root, 'out/main/terminal.js')
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

interface Shown {
  job: { startedAt: number; finishedAt: number; attempts: number; tasks: { total: number } }
  result: unknown
}

/** One run in a home of its own; `killAfterMs` is from the first worker's start on. */
async function runOnce(args: readonly string[], killAfterMs: number | null): Promise<RunOnce> {
  const home = mkdtempSync(join(tmpdir(), 'gristmill-bench-'))
  try {
    const words = [entry, 'run', ...args, '--workers', String(workers), '--json', '--quiet', '--home', home]
    const child = spawn(process.execPath, words, { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] })
    const said = child.stdout.setEncoding('utf8').toArray()
    let killed = 0
    const timer = killAfterMs === null ? undefined : setTimeout(() => (killed = killHalf(child.pid ?? 0)), killAfterMs)
    const [code] = (await once(child, 'close')) as [number | null]
    clearTimeout(timer)
    if (code !== 0) throw new Error(`gristmill run ${args.join(' ')} ended with ${code}`)
    const { job, result } = JSON.parse((await said).join('')) as Shown
    const { startedAt, finishedAt, attempts, tasks } = job
    return { wallMs: finishedAt - startedAt, tasks: tasks.total, attempts, result: JSON.stringify(result), killed }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function killHalf(host: number): number {
  const children = readFileSync(`/proc/${host}/task/${host}/children`, 'utf8').trim().split(' ').map(Number)
  const alive = children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker.js'))
  const victims = alive.slice(0, workers / 2)
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

const measured = []
for (const job of jobs) {
  const figures = await measure(job)
  measured.push(figures)
  console.log(`${job.name}: ${figures.withoutMs} ms, with half of ${workers} workers killed ${figures.withMs} ms`)
  console.log(`${job.name}: costs ${(100 * figures.cost).toFixed(1)} % (at most ${100 * mostCost} %)`)
}
const about = { at: new Date().toISOString(), node: process.version, cores: availableParallelism(), workers, rounds }
mkdirSync(join(root, 'bench/results'), { recursive: true })
const document = { ...about, momentOfKill, mostCost, measured }
writeFileSync(join(root, 'bench/results/halfKilled.json'), `${JSON.stringify(document, null, 2)}\n`)
process.exitCode = measured.every(({ cost }) => cost <= mostCost) ? 0 : 1
