import { appendFileSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect } from 'vitest'

/**
 * Which faults the tests have really brought about: each test says so in the moment in which it does, and what was said is compared with
 * the table of docs/reliability.md once all of them have run (scripts/faultTable.ts). A name here is the first cell of a row there.
 */
export type Fault =
  // workers
  | 'a worker is killed'
  | 'every worker is killed at once'
  | 'a worker exits'
  | 'a worker runs out of heap'
  | 'a worker takes more memory than it may, off the heap too'
  | 'a task makes no progress'
  | 'a worker is stopped'
  | 'a worker says something late or twice'
  | 'a worker tells of tasks that it does not have'
  | 'a worker or a host sends what is no message'
  // tasks and records
  | 'a record kills every worker'
  | 'a task that cannot be cut kills every worker'
  | 'work with effects outside is cut off'
  | 'a task throws'
  | 'a task refuses its input, or finds it changed'
  | 'a task fails in a way that may pass'
  | 'too many records are set aside'
  | 'a record is a formula'
  | 'a corrected file fits nothing'
  | 'what a task has left is gone'
  // hosts
  | 'the machine sleeps'
  | 'a host is killed'
  | 'a host is killed between doing and recording'
  | 'a host is killed in a migration, a backup or a restore'
  | 'a host is stopped'
  | 'workers are stopped when their host dies'
  | 'a master dies beside a standby'
  | 'the lock of a home is removed under its master'
  | 'a note names a holder that is another process'
  | 'a run is killed while it reads stdin'
  | 'a host is killed between the end of a job and clearing up after it'
  | 'a job is asked for two things at once'
  | 'a million tasks, or a thousand jobs at once'
  // what runs short
  | 'a task finds its disk full'
  | 'the disk that a job writes to runs short'
  | 'the disk of the home is full'
  | 'the home cannot be written to'
  | 'stdin gives more than the disk has room for'
  | 'the disk that takes the last files of a job hangs'
  | 'memory runs short'
  | 'too many files are open'
  // the ledger and the home
  | 'the database is damaged'
  | 'the database is lost'
  | 'the database is removed under its host'
  | 'the database is newer'
  | 'another file has the name of an artifact'
  | 'an exported home is damaged'
  | 'an import fails, or is cut off'
  | 'a loss of power empties an artifact that was being copied'
  | "a part of the home is another person's"
  // what comes from outside
  | 'calls are malformed'
  | 'requests are foreign'
  | 'connections never finish a request'
  | 'uploads have hostile names'
  | 'words of the command line mean nothing'
  | 'params are anything'

/** Beside the runners' reports; scripts/test.ts begins it anew. */
const root = resolve(import.meta.dirname, '../..')
export const recordFile = join(root, 'test-results/faults.jsonl')

/** The running test has just brought this about. */
export function injected(...faults: Fault[]): void {
  for (const fault of faults) write({ fault, skipped: false })
}

/** It cannot be brought about here, for a reason of tests/skips.json. */
export function notInjected(...faults: Fault[]): void {
  for (const fault of faults) write({ fault, skipped: true })
}

function write(said: { fault: Fault; skipped: boolean }): void {
  const test = relative(root, expect.getState().testPath ?? '')
  mkdirSync(join(root, 'test-results'), { recursive: true })
  appendFileSync(recordFile, `${JSON.stringify({ ...said, test })}\n`)
}
