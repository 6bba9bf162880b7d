import type { Database } from 'better-sqlite3'
import { assertNever } from '../../../contract/invariant.ts'
import type { Reader } from '../store.ts'
import { readDetail } from './detail.ts'
import { readFootprints, readUsedBytes } from './footprints.ts'
import { readIntegrity } from './integrity.ts'
import { findJob, jobByNumber, listJobs, readLastNumber, readUnfinished } from './jobs.ts'
import { ledgerOf, type LedgerRows, readLedger } from './ledger.ts'
import { readArtifacts, readAttempts } from './records.ts'
import { readRejectedAt } from './rejectedAt.ts'
import { readRejects } from './rejects.ts'
import { readTasks } from './tasks.ts'

/** The reader's methods as plain values, so that the same question can be answered here or in a thread. */
export type Question =
  | { ask: 'lastNumber' }
  | { ask: 'unfinished' }
  | { ask: 'ledger'; job: number }
  | { ask: 'byNumber'; job: number }
  | { ask: 'find'; name: string }
  | { ask: 'jobs'; filter: Parameters<Reader['jobs']>[0] }
  | { ask: 'detail'; job: number }
  | { ask: 'artifacts'; job: number }
  | { ask: 'tasks'; job: number; page: Parameters<Reader['tasks']>[1] }
  | { ask: 'rejects'; job: number; page: Parameters<Reader['rejects']>[1] }
  | { ask: 'rejectedAt'; job: number; places: Parameters<Reader['rejectedAt']>[1] }
  | { ask: 'attempts'; job: number; seq: number }
  | { ask: 'footprints' }
  | { ask: 'usedBytes' }
  | { ask: 'integrity'; bounds: Parameters<Reader['integrity']>[0] }

/**
 * Answers from one snapshot of the ledger, whatever is written meanwhile; only a look through the whole file holds none, for which the
 * WAL would have to grow.
 */
export function answerQuestion(db: Database, question: Question): unknown {
  if (question.ask === 'integrity') return readIntegrity(db, question.bounds)
  return db.transaction(() => answer(db, question))()
}

function answer(db: Database, question: Exclude<Question, { ask: 'integrity' }>): unknown {
  return 'job' in question ? answerOfJob(db, question) : answerOfHome(db, question)
}

function answerOfHome(db: Database, question: Exclude<Question, { job: number } | { ask: 'integrity' }>): unknown {
  switch (question.ask) {
    case 'lastNumber':
      return readLastNumber(db)
    case 'unfinished':
      return readUnfinished(db)
    case 'find':
      return findJob(db, question.name)
    case 'jobs':
      return listJobs(db, question.filter)
    case 'footprints':
      return readFootprints(db)
    case 'usedBytes':
      return readUsedBytes(db)
    default:
      return assertNever(question, 'a question about the home')
  }
}

function answerOfJob(db: Database, question: Extract<Question, { job: number }>): unknown {
  switch (question.ask) {
    case 'ledger':
      return readLedger(db, question.job)
    case 'byNumber':
      return jobByNumber(db, question.job)
    case 'detail':
      return readDetail(db, question.job)
    case 'artifacts':
      return readArtifacts(db, question.job)
    case 'tasks':
      return readTasks(db, question.job, question.page)
    case 'rejects':
      return readRejects(db, question.job, question.page)
    case 'rejectedAt':
      return readRejectedAt(db, question.job, question.places)
    case 'attempts':
      return readAttempts(db, question.job, question.seq)
    default:
      return assertNever(question, 'a question about a job')
  }
}

/** A Reader over anything that answers questions. The answer's type is fixed here, once, by the question asked. */
export function readerOver(ask: (question: Question) => Promise<unknown>): Reader {
  const asked = <Method extends keyof Reader>(question: Question & { ask: Method }) =>
    ask(question) as ReturnType<Reader[Method]>
  return {
    lastNumber: () => asked({ ask: 'lastNumber' }),
    unfinished: () => asked({ ask: 'unfinished' }),
    ledger: async (job) => ledgerOf((await ask({ ask: 'ledger', job })) as LedgerRows),
    byNumber: (job) => asked({ ask: 'byNumber', job }),
    find: (name) => asked({ ask: 'find', name }),
    jobs: (filter) => asked({ ask: 'jobs', filter }),
    detail: (job) => asked({ ask: 'detail', job }),
    artifacts: (job) => asked({ ask: 'artifacts', job }),
    tasks: (job, page) => asked({ ask: 'tasks', job, page }),
    rejects: (job, page) => asked({ ask: 'rejects', job, page }),
    rejectedAt: (job, places) => asked({ ask: 'rejectedAt', job, places }),
    attempts: (job, seq) => asked({ ask: 'attempts', job, seq }),
    footprints: () => asked({ ask: 'footprints' }),
    usedBytes: () => asked({ ask: 'usedBytes' }),
    integrity: (bounds) => asked({ ask: 'integrity', bounds }),
  }
}
