import type { Transition } from '../../contract/ledger.ts'
import type { Failure } from './failures.ts'
import type { CommitReply } from './commitGroup.ts'
import type { Question } from './read/questions.ts'

/** What the store's two threads are told and answer. Both get `ThreadData` when they start and say once whether they are ready. */
export interface ThreadData {
  file: string
}

export type ToWriter = { type: 'commit'; commits: Transition[][] } | { type: 'close' }
export type FromWriter =
  | { type: 'ready' }
  | { type: 'refused'; failure: Failure }
  | { type: 'committed'; replies: CommitReply[] }
  /** The transaction broke: none of the group is written. */
  | { type: 'broken'; failure: Failure }

export type ToReader =
  | { type: 'ask'; id: number; question: Question }
  /** Something was written: worth a checkpoint soon. */
  | { type: 'written' }
  | { type: 'close' }
export type FromReader =
  | { type: 'ready' }
  | { type: 'refused'; failure: Failure }
  | { type: 'answered'; id: number; answer: unknown }
  | { type: 'failed'; id: number; failure: Failure }
