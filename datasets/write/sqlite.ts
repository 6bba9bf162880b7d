import Database from 'better-sqlite3'
import type { ColumnKind, TypedColumn } from './columnKinds.ts'
import type { FieldValue } from './fieldValues.ts'

/**
 * Writes rows as the one table of an SQLite database. Dates and times are ISO 8601 texts, which is what SQLite's own functions for them
 * read; true and false are 1 and 0. One transaction without a journal: whoever finds the file unfinished makes it again.
 */
const tableName = 'data'

/** `path` is an empty file, or none yet. */
export function writeDatabase(
  path: string,
  columns: readonly TypedColumn[],
  rows: Iterable<readonly FieldValue[]>,
): void {
  const database = new Database(path)
  try {
    for (const setting of [
      'journal_mode = OFF',
      'synchronous = OFF',
      'locking_mode = EXCLUSIVE',
      'cache_size = -65536',
    ])
      database.pragma(setting)
    const declared = columns.map(({ name, kind }) => `${quoted(name)} ${declarations[kind]}`)
    database.exec(`BEGIN; CREATE TABLE ${tableName} (${declared.join(', ')})`)
    const insert = database.prepare(`INSERT INTO ${tableName} VALUES (${columns.map(() => '?').join(', ')})`)
    const kinds = columns.map(({ kind }) => kind)
    for (const row of rows) insert.run(row.map((value, column) => bound(value, kinds[column])))
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}

const declarations: Record<ColumnKind, string> = {
  integer: 'INTEGER',
  decimal: 'REAL',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  instant: 'TIMESTAMP',
  text: 'TEXT',
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

const dayMs = 86_400_000

function bound(value: FieldValue, kind: ColumnKind | undefined): bigint | number | string | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' && kind === 'date') return new Date(value * dayMs).toISOString().slice(0, 10)
  if (typeof value !== 'bigint' || kind === 'integer') return value
  return timeText(value, kind === 'instant')
}

/** `2024-02-29 13:05:00`, with as many decimals as there are; UTC is said where it is known. */
function timeText(microseconds: bigint, isUtc: boolean): string {
  const inSecond = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n
  const whole = new Date(Number((microseconds - inSecond) / 1000n)).toISOString().slice(0, 19).replace('T', ' ')
  const decimals = inSecond === 0n ? '' : `.${String(inSecond).padStart(6, '0').replace(/0+$/, '')}`
  return `${whole}${decimals}${isUtc ? 'Z' : ''}`
}
