import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Transition } from '../contract/ledger.ts'
import { openForWriting } from '../master/store/database.ts'
import { schemaVersion } from '../master/store/migrations.ts'
import { commit, finished, outcome, runningJob, someJob, started } from '../master/store/testLedger.ts'

/**
 * Writes a small ledger of the newest schema to tests/fixtures/ledgers/, to be kept for good: every later version must open it. It is
 * run once per schema, before that is released; a file that exists is left alone.
 */
export const ledgersFolder = resolve(import.meta.dirname, '../tests/fixtures/ledgers')

const input = {
  path: '/data/sales.csv',
  name: 'sales.csv',
  bytes: 40,
  format: 'text' as const,
  cellBytes: 20,
  fingerprint: { bytes: 40, modifiedAt: 1_700_000_000_000, inode: '7', headTail: 'ab' },
  spooled: false,
}
const record = { input: 0, piece: 0, record: 1, offset: 9, reason: 'not a number', raw: 'x,y' }
const lost = {
  seq: 0,
  attempt: 1,
  worker: 2,
  startedAt: 3000,
  endedAt: 3500,
  outcome: 'crashed' as const,
  message: 'the worker ended',
  stack: null,
  exitCode: null,
  signal: 'SIGKILL',
  peakMemoryBytes: 1_000_000,
  logTail: 'its last words',
  bytes: 18,
  rows: 1,
  place: { input: 0, piece: 0, record: 1, offset: 9 },
}

/** One job that succeeded with a reject and an artifact, one that failed, one under way, one that was removed. */
const story: Transition[] = [
  ...runningJob(1, 2, { name: 'Sales by region', inputs: [input], outDir: '/data/out', tags: ['quarterly'] }),
  started(1, [0, 1]),
  { type: 'rejected', job: 1, seq: 0, records: [record] },
  { type: 'sampled', job: 1, samples: [{ at: 4000, worker: 1, memoryBytes: 50, cpuFraction: 0.5, bytesPerSecond: 9 }] },
  finished(1, [outcome(0, { rejects: 1 }), outcome(1)]),
  {
    type: 'artifactMade',
    job: 1,
    artifact: { name: 'a.csv', path: '/data/out/a.csv', bytes: 3, mediaType: 'text/csv', sha256: 'ff', rows: 1 },
  },
  { type: 'told', job: 1, event: { at: 5000, type: 'succeeded', text: 'Finished.' } },
  { type: 'jobMoved', job: 1, from: 'running', to: 'succeeded', at: 5000, fields: { result: { total: 12.5 } } },
  ...runningJob(2, 1, { name: 'Never works' }),
  started(2, [0]),
  { type: 'attemptEnded', job: 2, attempt: lost },
  finished(2, [outcome(0, { state: 'failed', answer: null })]),
  {
    type: 'jobMoved',
    job: 2,
    from: 'running',
    to: 'failed',
    at: 6000,
    fields: { error: { code: 'crashed', message: 'its worker crashed', task: 0 } },
  },
  ...runningJob(3, 3, { name: 'Under way' }),
  started(3, [0]),
  finished(3, [outcome(0)]),
  { type: 'partialAnswered', job: 3, partial: { result: { total: 4 }, coverage: 0.33 } },
  { type: 'jobMade', job: someJob(4) },
  { type: 'jobMoved', job: 4, from: 'queued', to: 'cancelled', at: 7000 },
  { type: 'jobRemoved', job: 4 },
]

function write(file: string): void {
  if (existsSync(file)) throw new Error(`${file} exists: a released ledger is never changed`)
  mkdirSync(ledgersFolder, { recursive: true })
  const db = openForWriting(file)
  commit(db, story)
  db.exec('VACUUM')
  db.close()
}

if (import.meta.main) write(join(ledgersFolder, `v${schemaVersion}.db`))
