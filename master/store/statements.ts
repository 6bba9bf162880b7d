import type { Database, Statement } from 'better-sqlite3'

const prepared = new WeakMap<Database, Map<string, Statement>>()

/** A statement prepared once per database. Only for texts that are fixed or come from a small set. */
export function statement(db: Database, sql: string): Statement {
  let known = prepared.get(db)
  if (known === undefined) prepared.set(db, (known = new Map()))
  let found = known.get(sql)
  if (found === undefined) known.set(sql, (found = db.prepare(sql)))
  return found
}
