import type { Database } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import type { Fingerprint, Input } from '../../contract/dataset.ts'
import type { Json } from '../../contract/json.ts'
import { failureOf } from './failures.ts'

/** Makes a ledger that nobody has open true in another home: what it says of files inside the old home is said of the new one. */
export interface Relocation {
  /** Absolute paths of the two homes. */
  from: string
  to: string
  /** Of a file that was spooled, where it lies now. Null when it is not there. */
  fingerprint(path: string): Fingerprint | null
}

export function relocateLedger(file: string, relocation: Relocation): void {
  const db = new Sqlite(file, { fileMustExist: true })
  try {
    db.pragma('journal_mode = DELETE')
    db.transaction(() => {
      movePaths(db, relocation)
      moveInputs(db, relocation)
    })()
  } catch (error) {
    throw failureOf(error, `moving the ledger to ${relocation.to}`)
  } finally {
    db.close()
  }
}

/** Columns that hold a path, and those that hold JSON in which there may be some. */
const pathColumns = [
  ['requests', 'out_dir'],
  ['artifacts', 'path'],
] as const
const jsonColumns = [
  ['tasks', 'args'],
  ['tasks', 'answer'],
  ['operations', 'answer'],
] as const

function movePaths(db: Database, relocation: Relocation): void {
  for (const [table, column] of pathColumns)
    rewrite(db, { table, column, from: relocation.from }, (path) => moved(path, relocation))
  for (const [table, column] of jsonColumns)
    rewrite(db, { table, column, from: relocation.from }, (text) =>
      JSON.stringify(movedIn(JSON.parse(text) as Json, relocation)),
    )
}

function rewrite(
  db: Database,
  { table, column, from }: { table: string; column: string; from: string },
  change: (value: string) => string,
): void {
  const update = db.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`)
  // As JSON writes it, so that a quote or a backslash in the folder's name is found too.
  const find = db.prepare(
    `SELECT rowid AS row, ${column} AS value FROM ${table} WHERE instr(${column}, ?) OR instr(${column}, ?)`,
  )
  for (const { row, value } of find.all(from, JSON.stringify(from).slice(1, -1)) as { row: number; value: string }[])
    update.run(change(value), row)
}

function moveInputs(db: Database, relocation: Relocation): void {
  const update = db.prepare('UPDATE requests SET inputs = ? WHERE job = ?')
  for (const { job, inputs } of db.prepare('SELECT job, inputs FROM requests').all() as {
    job: number
    inputs: string
  }[])
    update.run(JSON.stringify((JSON.parse(inputs) as Input[]).map((input) => movedInput(input, relocation))), job)
}

/** Only what was spooled lies in the home; its copy is a new file to the file system, with the same content. */
function movedInput(input: Input, relocation: Relocation): Input {
  const mended = input.mended === undefined ? {} : { mended: moved(input.mended, relocation) }
  if (!input.spooled) return { ...input, ...mended }
  const path = moved(input.path, relocation)
  return { ...input, ...mended, path, fingerprint: relocation.fingerprint(path) ?? input.fingerprint }
}

function moved(path: string, { from, to }: Relocation): string {
  const inside = path === from || path.startsWith(`${from}/`) || path.startsWith(`${from}\\`)
  return inside ? to + path.slice(from.length) : path
}

function movedIn(value: Json, relocation: Relocation): Json {
  if (typeof value === 'string') return moved(value, relocation)
  if (Array.isArray(value)) return value.map((each) => movedIn(each, relocation))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, movedIn(each, relocation)]))
}
