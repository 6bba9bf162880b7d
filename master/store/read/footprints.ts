import type { Database } from 'better-sqlite3'
import { type Input, spooledFilesOf } from '../../../contract/dataset.ts'
import type { JobState } from '../../../contract/transitions.ts'
import { jobStateOf } from '../states.ts'
import { statement } from '../statements.ts'

/** What one job has left behind, as far as the ledger knows. */
export interface Footprint {
  number: number
  id: string
  name: string
  state: JobState
  finishedAt: number | null
  /** An estimate: pages are shared. */
  databaseBytes: number
  /** Files that were spooled for it. */
  spooled: string[]
}

interface Row {
  number: number
  id: string
  name: string
  state: number
  finished_at: number | null
  total: number
  texts: number
  inputs: string
}

/** Measured on ledgers of a hundred thousand tasks; the indexes included. */
const bytesPerTask = 110
/** Rows that every job has: its own, request, result, stages, shares, events, search. */
const bytesPerJob = 4096

/** All jobs, those that ended longest ago first, unfinished ones last. */
export function readFootprints(db: Database): Footprint[] {
  const rows = statement(
    db,
    `SELECT number, id, name, state, finished_at, total, inputs,
     length(params) + length(inputs) + coalesce(length(result), 0) + coalesce(length(partial), 0) AS texts
     FROM jobs JOIN requests ON requests.job = number JOIN results ON results.job = number
     ORDER BY finished_at IS NULL, finished_at, number`,
  ).all() as Row[]
  return rows.map((row) => ({
    number: row.number,
    id: row.id,
    name: row.name,
    state: jobStateOf(row.state),
    finishedAt: row.finished_at,
    databaseBytes: bytesPerJob + row.total * bytesPerTask + row.texts,
    spooled: (JSON.parse(row.inputs) as Input[]).flatMap(spooledFilesOf),
  }))
}

/** Bytes of the database file that hold something. */
export function readUsedBytes(db: Database): number {
  const pragma = (name: string) => db.pragma(name, { simple: true }) as number
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
}
