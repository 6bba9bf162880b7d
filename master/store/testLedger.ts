import Database from 'better-sqlite3'
import type { NewJob } from '../../contract/job.ts'
import type { FinishedTask, Transition } from '../../contract/ledger.ts'
import { applyTransitions } from './apply/applyTransitions.ts'
import { migrate, migrations } from './migrations.ts'
import { answerQuestion, readerOver } from './read/questions.ts'
import type { Reader } from './store.ts'

/** What the store's tests build ledgers from. */

export function emptyLedger(): Database.Database {
  const db = new Database(':memory:')
  migrate(db, migrations)
  return db
}

export function readerOf(db: Database.Database): Reader {
  return readerOver(async (question) => answerQuestion(db, question))
}

export function someJob(number: number, fields: Partial<NewJob> = {}): NewJob {
  return {
    number,
    id: `job${String(number).padStart(9, 'a')}`,
    name: `Job ${number}`,
    kind: 'word-count',
    kindVersion: 1,
    params: {},
    inputs: [],
    outDir: null,
    force: false,
    priority: 0,
    workers: null,
    maxRejects: null,
    split: null,
    tags: [],
    note: '',
    parentId: null,
    host: 'here',
    versions: { gristmill: '0.1.0' },
    createdAt: 1000,
    ...fields,
  }
}

export const mapOperation = { id: 'map', ordinal: 0, type: 'map', stage: 'count', hash: 'h0' }
export const mergeOperation = { id: 'merge', ordinal: 1, type: 'merge', stage: 'combine', hash: 'h1' }

/** Tasks of one cell each. */
export function madeTasks(job: number, count: number, first = 0): Transition {
  const tasks = Array.from({ length: count }, (_, index) => ({
    seq: first + index,
    from: first + index,
    to: first + index + 1,
  }))
  return { type: 'tasksMade', job, operation: 'map', stage: 'count', tasks }
}

/** A job that runs, with pending tasks of a map. */
export function runningJob(number: number, tasks: number, fields: Partial<NewJob> = {}): Transition[] {
  return [
    { type: 'jobMade', job: someJob(number, fields) },
    { type: 'operationMade', job: number, operation: mapOperation },
    madeTasks(number, tasks),
    { type: 'jobMoved', job: number, from: 'queued', to: 'running', at: 2000 },
  ]
}

export function started(job: number, seqs: readonly number[], attempt = 1): Transition {
  return { type: 'tasksStarted', job, worker: 1, at: 3000, tasks: seqs.map((seq) => ({ seq, attempt })) }
}

export function outcome(seq: number, fields: Partial<FinishedTask> = {}): FinishedTask {
  return {
    seq,
    attempt: 1,
    state: 'succeeded',
    answer: { value: seq },
    startedAt: 3000,
    finishedAt: 3010,
    cpuMs: 8,
    bytes: 100,
    rows: 5,
    tailRows: 5,
    rejects: 0,
    ...fields,
  }
}

export function finished(job: number, tasks: readonly FinishedTask[], worker = 1): Transition {
  return { type: 'tasksFinished', job, worker, tasks: [...tasks] }
}

export function returned(job: number, seqs: readonly number[], fence: number): Transition {
  return { type: 'tasksReturned', job, tasks: seqs.map((seq) => ({ seq, fence })) }
}

/** One commit in which everything is accepted, or a story of what was not. */
export function commit(db: Database.Database, transitions: readonly Transition[]): void {
  const accepted = applyTransitions(db, transitions)
  const refused = transitions.filter((_, index) => accepted[index]?.includes(false))
  if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`)
}
