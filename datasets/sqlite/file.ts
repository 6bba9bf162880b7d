import Database from 'better-sqlite3'
import { TaskFailure } from '../../contract/run.ts'
import type { Value } from '../table/valueRows.ts'

/** A database of someone else's, read and never written: one table, or one query that only reads. */
type Connection = InstanceType<typeof Database>

export interface Wanted {
  /** Table or view. */
  part: string | null
  query: string | null
}

/** Opens the file for as long as `use` takes; what SQLite refuses is told in a line. */
export async function* withDatabase<T>(path: string, use: (db: Connection) => Iterable<T>): AsyncGenerator<T> {
  let db: Connection | null = null
  try {
    db = new Database(path, { readonly: true, fileMustExist: true })
    yield* use(db)
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    throw new TaskFailure('refused-input', `cannot read ${path}: ${error.message}`, { cause: error })
  } finally {
    db?.close()
  }
}

/** Tables and views that people made, in the order in which they were made. */
export function partsOf(db: Connection): string[] {
  const rows = db
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid`,
    )
    .pluck()
    .all()
  return rows.map(String)
}

export function selectOf({ part, query }: Wanted, path: string): string {
  if (query !== null) return `SELECT * FROM (${query.replace(/;\s*$/, '')})`
  if (part === null) throw new TaskFailure('refused-input', `cannot read ${path}: it has no table`)
  return `SELECT * FROM ${quoted(part)}`
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * First and last row id; null for what has none to go by: views, queries, tables without, and tables whose ids lie too far apart for a
 * record's place to be told from them.
 */
export function rowIds(db: Connection, { part, query }: Wanted): { first: bigint; last: bigint } | null {
  if (query !== null || part === null) return null
  const kind = db.prepare('SELECT type FROM sqlite_schema WHERE name = ?').pluck().get(part)
  const listed = db.prepare('SELECT wr FROM pragma_table_list WHERE name = ? AND schema = ?').pluck().get(part, 'main')
  if (kind !== 'table' || listed === 1) return null
  const [first, last] = db
    .prepare(`SELECT min(rowid), max(rowid) FROM ${quoted(part)}`)
    .raw()
    .safeIntegers()
    .get() as [bigint | null, bigint | null]
  if (first === null || last === null) return { first: 1n, last: 0n }
  return placeOf(last, first) > Number.MAX_SAFE_INTEGER ? null : { first, last }
}

/** A row's place: its id, counted from the first one where ids are negative. */
export function placeOf(id: bigint, first: bigint): number {
  return Number(first < 0n ? id - first : id)
}

/** Integers to the last digit, bytes in base 64. */
export function valueText(value: unknown): Value {
  if (value === null || value === undefined) return null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return typeof value === 'string' ? value : `${value as number | bigint}`
}
