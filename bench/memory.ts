import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFlights } from './harness/flights.ts'
import { peakOf, runGristmill, workersOf } from './harness/gristmill.ts'
import { type BenchJob, benchJobs, wordsOf } from './harness/jobs.ts'
import { machineFacts, writeResults } from './harness/results.ts'

/**
 * `npm run bench:memory [JOB…]`: the most memory that a worker takes on a table of 1 GB and on one of 4 GB, for each kind over tables, on the
 * built app (`npm run build`). The bounds: 300 MiB, and no more than 10 % apart. It needs 16 GB of disk below TMPDIR for its time;
 * GRISTMILL_BENCH_GB=0.1,0.4 takes other sizes. The figures of each job go to bench/results/.
 */
const MiB = 1024 * 1024
const sizes = (process.env['GRISTMILL_BENCH_GB'] ?? '1,4').split(',').map((size) => Number(size) * 1e9)
const workers = 2
const mostBytes = 300 * MiB
const mostGrowth = 0.1
/** A peak stays on record as long as its process lives: only growth in its last moments could be missed. */
const lookEveryMs = 50

interface Measured {
  inputBytes: number
  /** Of each worker. */
  peaks: number[]
  mostPeak: number
  wallMs: number
}

async function measure(job: BenchJob, input: string, inputBytes: number): Promise<Measured> {
  const peaks = new Map<number, number>()
  const note = (host: number) => {
    for (const pid of workersOf(host)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakOf(pid)))
  }
  const watch = (host: number) => {
    const timer = setInterval(() => note(host), lookEveryMs)
    return () => clearInterval(timer)
  }
  const { job: done } = await runGristmill({ args: wordsOf(job, input, workers), watch })
  const all = [...peaks.values()]
  return { inputBytes, peaks: all, mostPeak: Math.max(...all), wallMs: done.finishedAt - done.startedAt }
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benchJobs)
const folder = mkdtempSync(join(tmpdir(), 'gristmill-bench-'))
try {
  const inputs = sizes.map((bytes) => ({ bytes, path: join(folder, `${bytes}.csv`) }))
  for (const { path, bytes } of inputs) writeFlights(path, bytes)
  for (const name of names) {
    const job = benchJobs[name]
    if (job === undefined) throw new Error(`there is no job ${name}; there are ${Object.keys(benchJobs).join(', ')}`)
    const machine = machineFacts()
    const measured: Measured[] = []
    for (const { path, bytes } of inputs) measured.push(await measure(job, path, bytes))
    tell(name, measured)
    writeResults(`memory.${name.replaceAll(' ', '-')}`, {
      ...machine,
      workers,
      mostBytes,
      mostGrowth,
      ...job,
      measured,
    })
  }
} finally {
  rmSync(folder, { recursive: true })
}

function tell(name: string, measured: readonly Measured[]): void {
  const peaks = measured.map(({ mostPeak }) => mostPeak)
  const growth = Math.max(...peaks) / Math.min(...peaks) - 1
  const isHeld = Math.max(...peaks) <= mostBytes && growth <= mostGrowth
  if (!isHeld) process.exitCode = 1
  const figures = measured.map(({ inputBytes, mostPeak, wallMs }) => {
    return `${inputBytes / 1e9} GB: ${Math.round(mostPeak / MiB)} MiB in ${(wallMs / 1000).toFixed(1)} s`
  })
  console.log(`${name}: ${figures.join(', ')}; ${(100 * growth).toFixed(0)} % apart${isHeld ? '' : ' — NOT HELD'}`)
}
