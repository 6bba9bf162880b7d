import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema } from '../../contract/job.ts'
import { injected, notInjected } from '../harness/faults.ts'
import { jsonOf, openGround, type Ground } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'
import { expectSoundLedger } from './ledger.ts'
import { freeze, signalAll } from './moment.ts'
import { canMount } from './smallDisk.ts'

/** What a machine runs out of besides disk, under real processes: fewer of them get work, the job says why and loses nothing. */

async function untilTold(ground: Ground, words: RegExp): Promise<void> {
  // Past the command line: what is told is to be known before it is over.
  const db = new Database(join(ground.home, 'gristmill.db'), { readonly: true })
  try {
    const story = db.prepare('SELECT text FROM events').pluck()
    await until(`the story to tell ${words}`, () => (story.all() as string[]).some((text) => words.test(text)))
  } finally {
    db.close()
  }
}

/** How many files a process may have open from now on; what is open stays open. */
function limitOpenFiles(pids: readonly number[], most: number): void {
  for (const pid of pids) execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`])
}

describe('file descriptors', () => {
  it('that workers cannot have any more cost no task: fewer workers get work until they can', async () => {
    const ground = openGround()
    const terms = 100_000
    const args = ['numbers', '-p', 'from=1', '-p', `to=${terms}`, '--workers', '2', '--split', '1000', '--out', 'out']
    const run = ground.start(['run', ...args, '--json'])
    await freeze(ground, { host: run.pid, stop: 'workers' })
    const workers = ground.workersOf(run.pid)
    limitOpenFiles(workers, 3)
    injected('too many files are open')
    signalAll(workers, 'SIGCONT')
    await untilTold(ground, /^Held back: too few files may be open; 1 of \d+ workers get work/)
    limitOpenFiles(workers, 1024)
    const ended = await run.ended
    expect(ended.code, ended.stderr).toBe(0)
    const { job, artifacts } = jsonOf(jobDocumentSchema, ended)
    expect(job.tasks).toMatchObject({ failed: 0, unfinished: 0 })
    const expected = Array.from({ length: terms }, (_, index) => `${index + 1}\n`).join('')
    expect(readFileSync(artifacts[0]!.path, 'utf8') === expected).toBe(true)
    await expectSoundLedger(ground)
  })
})

/** What the system says of its memory, in the form of /proc/meminfo. */
function memory(availableMib: number): string {
  return `MemTotal:        8388608 kB\nMemFree:         ${availableMib * 1024} kB\nMemAvailable:    ${availableMib * 1024} kB\n`
}

const memoryRunsShort = async (): Promise<void> => {
  const ground = openGround()
  const told = ground.file('meminfo', memory(4096))
  // In a mount namespace of its own, so that this host alone is told so.
  const shell = `mount --bind '${told}' /proc/meminfo && exec "$0" "$@"`
  const app = { node: 'unshare', entry: '--mount' }
  const args = ['no-op', '-p', 'tasks=600', '-p', 'ms=50', '--workers', '2', '--json']
  const run = ground.start(['sh', '-c', shell, process.execPath, ground.entry, 'run', ...args], { app })
  await ground.tasksWhen('tasks that are done', (tasks) => tasks.some(({ state }) => state === 'succeeded'))
  writeFileSync(told, memory(100))
  injected('memory runs short')
  await untilTold(ground, /^Held back: memory is short; 1 of \d+ workers get work/)
  writeFileSync(told, memory(4096))
  await untilTold(ground, /^Every worker gets work again\.$/)
  const ended = await run.ended
  expect(ended.code, ended.stderr).toBe(0)
  expect(jsonOf(jobDocumentSchema, ended).job).toMatchObject({ attempts: 600, tasks: { succeeded: 600 } })
  await expectSoundLedger(ground)
}

if (canMount)
  it('memory that runs short leaves work to one worker, until there is enough for all again', memoryRunsShort)
else {
  notInjected('memory runs short')
  it.skip('faults of a disk of its own, which only root may mount', () => undefined)
}
