import type { Transition } from '../../contract/ledger.ts'
import type { Failure } from './failures.ts'
import type { CommitReply } from './commitGroup.ts'
import type { LedgerOpening } from './openLedger.ts'
import type { Question } from './read/questions.ts'

/** What the store's two threads are told and answer. Both get `ThreadData` when they start and say once whether they are ready. */
export interface ThreadData {
  file: string
  /** Folder of the ledger's backups. */
  backups: string
}

export type ToWriter = { type: 'commit'; commits: Transition[][] } | { type: 'close' }
export type FromWriter =
  | { type: 'ready'; opening: LedgerOpening }
  | { type: 'refused'; failure: Failure }
  | { type: 'committed'; replies: CommitReply[] }
  /** The transaction broke: none of the group is written. */
  | { type: 'broken'; failure: Failure }

/** What the reading thread is asked: a question, or a backup of what has been committed by now. */
export type Errand = Question | { ask: 'backUp' }

export type ToReader =
  | { type: 'ask'; id: number; question: Errand }
  /** Something was written: worth a checkpoint soon. */
  | { type: 'written' }
  | { type: 'close' }
export type FromReader =
  | { type: 'ready' }
  | { type: 'refused'; failure: Failure }
  | { type: 'answered'; id: number; answer: unknown }
  | { type: 'failed'; id: number; failure: Failure }
