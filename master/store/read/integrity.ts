import Database from 'better-sqlite3'
import type { Integrity, Reader } from '../store.ts'
import { statement } from '../statements.ts'

/**
 * Looks through the ledger's file for damage by SQLite's quick_check (https://www.sqlite.org/pragma.html#pragma_quick_check), which
 * cannot be stopped on its way: so a file above `largestBytes` is checked table by table until the time is over, which leaves out what
 * only a look at the whole tells (pages that belong to nothing).
 */
const mostProblems = 10

export function readIntegrity(db: Database.Database, bounds: Parameters<Reader['integrity']>[0]): Integrity {
  const bytes = Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
  if (bytes <= bounds.largestBytes) return { bytes, problems: problemsIn(db, null), unchecked: [] }
  return { bytes, ...checkTables(db, bounds.withinMs) }
}

function checkTables(db: Database.Database, withinMs: number): Pick<Integrity, 'problems' | 'unchecked'> {
  const endsAt = performance.now() + withinMs
  const problems: string[] = []
  const unchecked: string[] = []
  for (const table of tablesOf(db)) {
    if (performance.now() >= endsAt) unchecked.push(table)
    else problems.push(...problemsIn(db, table))
  }
  return { problems: problems.slice(0, mostProblems), unchecked }
}

/** Those that lie in the file; a search index is virtual, its own tables are listed beside it. */
function tablesOf(db: Database.Database): string[] {
  return statement(
    db,
    `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') ORDER BY name`,
  )
    .pluck()
    .all() as string[]
}

function problemsIn(db: Database.Database, table: string | null): string[] {
  const what = table === null ? mostProblems : `'${table}'`
  const problems: string[] = []
  try {
    for (const row of db.prepare(`PRAGMA quick_check(${what})`).pluck().iterate())
      problems.push(...String(row).split('\n'))
  } catch (error) {
    // Having told of a damaged page, the check goes on to its rows and may break off there.
    if (!(error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CORRUPT'))) throw error
    problems.push(error.message)
  }
  return problems.filter((line) => line !== 'ok' && !line.startsWith('***')).slice(0, mostProblems)
}
