import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFlights } from './harness/flights.ts'
import { runGristmill } from './harness/gristmill.ts'
import { wordsOf } from './harness/jobs.ts'
import { type Command, type PeerName, duckDb, gnuSort, miller, peers, timeOf } from './harness/peers.ts'
import { type Question, questions } from './harness/questions.ts'
import { machineFacts, writeResults } from './harness/results.ts'

/**
 * `npm run bench:peers [QUESTION…]`: Gristmill beside DuckDB, Miller and GNU sort on the same file, in turn, whole processes with their
 * start, on the built app (`npm run build`). GRISTMILL_BENCH_MB is the size of the file, GRISTMILL_BENCH_ROUNDS how often each is asked. What is
 * worth comparing are ratios of one run. The figures go to bench/results/peers.json.
 */
const bytes = Number(process.env['GRISTMILL_BENCH_MB'] ?? 500) * 1e6
const rounds = Number(process.env['GRISTMILL_BENCH_ROUNDS'] ?? 3)
const threads = availableParallelism()

interface Contender {
  name: string
  /** Of each round, in milliseconds. */
  times: number[]
  /** Line feeds in what it wrote. */
  lines: number
}

const folder = mkdtempSync(join(tmpdir(), 'gristmill-bench-'))
const input = join(folder, 'flights.csv')

/** Asks once; gives the time and the lines written. */
type Ask = () => Promise<{ ms: number; lines: number }>

function askPeer(command: Command, output: string): Ask {
  return async () => {
    const ms = await timeOf(command)
    return { ms, lines: lineFeeds(output) }
  }
}

function askGristmill({ job }: Question): Ask {
  return async () => {
    let lines = 0
    const begunAt = performance.now()
    let endedAt = begunAt
    await runGristmill({
      args: wordsOf(job, input, threads),
      look: ({ artifacts }) => {
        endedAt = performance.now()
        const [first] = artifacts
        lines = first === undefined ? 0 : lineFeeds(first.path)
      },
    })
    return { ms: endedAt - begunAt, lines }
  }
}

function contendersOf(question: Question): Map<string, Ask> {
  const place = (name: string) => ({ input, output: join(folder, name) })
  const commands: Partial<Record<PeerName, Command>> = {
    ...(question.duckdb === undefined ? {} : { duckdb: duckDb(question.duckdb, place('duckdb'), threads) }),
    ...(question.miller === undefined ? {} : { miller: miller(question.miller, place('miller')) }),
    ...(question.gnuSort === undefined ? {} : { sort: gnuSort(place('sort'), threads) }),
  }
  const asked = Object.entries(commands) as [PeerName, Command][]
  const there = asked.filter(([name]) => peers[name].version !== null)
  const asks = there.map(([name, command]): [string, Ask] => [peers[name].name, askPeer(command, join(folder, name))])
  return new Map([['Gristmill', askGristmill(question)], ...asks])
}

async function measure(question: Question): Promise<Contender[]> {
  const asks = contendersOf(question)
  const contenders = new Map<string, Contender>([...asks.keys()].map((name) => [name, { name, times: [], lines: 0 }]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, ask] of asks) {
      const { ms, lines } = await ask()
      const contender = contenders.get(name)
      contender?.times.push(ms)
      if (contender !== undefined) contender.lines = lines
    }
  }
  return [...contenders.values()]
}

const least = (times: readonly number[]): number => Math.min(...times)

function median(times: readonly number[]): number {
  const sorted = times.toSorted((one, other) => one - other)
  const half = (sorted.length - 1) / 2
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2
}

/** Ratios above 1: Gristmill took longer. */
function figuresOf(contenders: readonly Contender[]) {
  const own = contenders[0]?.times ?? []
  return contenders.map(({ name, times, lines }) => ({
    name,
    times,
    lines,
    leastMs: least(times),
    medianMs: median(times),
    ratioOfLeast: least(own) / least(times),
    ratioOfMedians: median(own) / median(times),
  }))
}

function tell(question: Question, figures: ReturnType<typeof figuresOf>): void {
  const told = figures.map(({ name, leastMs, medianMs, ratioOfLeast }, at) => {
    const times = `${(leastMs / 1000).toFixed(2)} s (median ${(medianMs / 1000).toFixed(2)})`
    return at === 0 ? `${name} ${times}` : `${name} ${times}, ratio ${ratioOfLeast.toFixed(2)}`
  })
  console.log(`${question.title}: ${told.join('; ')}`)
  if (!question.sameLines || new Set(figures.map(({ lines }) => lines)).size === 1) return
  console.log(
    `${question.title}: THE ANSWERS DIFFER: ${figures.map(({ name, lines }) => `${name} ${lines} lines`).join(', ')}`,
  )
  process.exitCode = 1
}

function lineFeeds(path: string): number {
  const fd = openSync(path, 'r')
  const block = Buffer.alloc(1 << 20)
  try {
    let feeds = 0
    for (let read = readSync(fd, block); read > 0; read = readSync(fd, block))
      for (let at = block.indexOf(10); at !== -1 && at < read; at = block.indexOf(10, at + 1)) feeds += 1
    return feeds
  } finally {
    closeSync(fd)
  }
}

const titles = process.argv.slice(2)
const asked = questions.filter(({ title }) => titles.length === 0 || titles.includes(title))
for (const { name, version } of Object.values(peers))
  console.log(version === null ? `${name} is not installed: left out` : version)
try {
  const machine = machineFacts()
  writeFlights(input, bytes)
  const measured = []
  for (const question of asked) {
    const figures = figuresOf(await measure(question))
    tell(question, figures)
    measured.push({ question: question.title, contenders: figures })
    writeResults('peers', { ...machine, inputBytes: bytes, rounds, threads, peers, measured })
  }
} finally {
  rmSync(folder, { recursive: true })
}
