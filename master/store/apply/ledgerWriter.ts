import type { Database } from 'better-sqlite3'
import type { Transition } from '../../../contract/ledger.ts'
import type { Tally } from './tally.ts'

/** What a transition is written with: the open transaction's database and the counters that the commit changes. */
export interface LedgerWriter {
  db: Database
  tally: Tally
}

export type TransitionOf<Type extends Transition['type']> = Extract<Transition, { type: Type }>
