import type { Database } from 'better-sqlite3'
import type { Input } from '../../../contract/dataset.ts'
import type { Reject } from '../../../contract/job.ts'
import { cellsOfInput, piecesOf } from '../../../datasets/bytes/grid.ts'
import { taskId, taskIds } from '../keys.ts'
import { taskStateCodes } from '../states.ts'
import { statement } from '../statements.ts'
import type { Reader } from '../store.ts'

/**
 * Records set aside, each with its row. A worker knows a record's place in its piece only; the rows before the piece are those of the
 * earlier tasks of the same operation on the same input, and known when all of them have succeeded.
 */
interface RejectRow {
  input: number
  offset: number
  seq: number
  piece: number
  record: number
  reason: string
  raw: string
  operation: number
  cell_from: number
  cell_to: number
}

export function readRejects(
  db: Database,
  job: number,
  { limit, offset }: Parameters<Reader['rejects']>[1],
): Awaited<ReturnType<Reader['rejects']>> {
  const rows = statement(
    db,
    `SELECT rejects.input, rejects.offset, rejects.seq, piece, record, reason, raw, operation, cell_from, cell_to
     FROM rejects JOIN tasks ON tasks.id = ? + rejects.seq
     WHERE rejects.job = ? ORDER BY rejects.input, rejects.offset, rejects.seq, piece, record LIMIT ? OFFSET ?`,
  ).all(taskId(job, 0), job, limit, offset) as RejectRow[]
  const total = statement(db, 'SELECT count(*) FROM rejects WHERE job = ?').pluck().get(job) as number
  const inputs = readInputs(db, job)
  const rowsBefore = rowCounter(db, job, inputs)
  return { rejects: rows.map((row) => rejectOf(row, inputs, rowsBefore)), total }
}

export function readInputs(db: Database, job: number): Input[] {
  const text = statement(db, 'SELECT inputs FROM requests WHERE job = ?').pluck().get(job) as string | undefined
  return text === undefined ? [] : (JSON.parse(text) as Input[])
}

/** As rejects name an input; without one it is a value that was given with the params. */
export function sourceOf(input: Input | undefined): string {
  if (input === undefined) return 'params'
  return input.spooled ? input.name : input.path
}

function rejectOf(row: RejectRow, inputs: readonly Input[], rowsBefore: RowCounter): Reject {
  const input = inputs[row.input]
  const { offset, reason, raw } = row
  // Values that were given with the params belong to no file.
  if (input === undefined) return { source: sourceOf(input), row: null, offset, reason, raw }
  const before = rowsBefore(row)
  return {
    source: sourceOf(input),
    row: before === null ? null : before + row.record + 1,
    offset,
    reason,
    raw,
  }
}

type RowCounter = (row: RejectRow) => number | null

/** Counts the rows of an input before a piece, asking the ledger once per operation and input. */
function rowCounter(db: Database, job: number, inputs: readonly Input[]): RowCounter {
  const sums = new Map<string, ReadonlyMap<number, number>>()
  return (row) => {
    const piece = piecesOf(inputs, row.cell_from, row.cell_to)[row.piece]
    if (piece === undefined || piece.input !== row.input) return null
    if (piece.from === 0) return 0
    const key = `${row.operation} ${row.input}`
    let sum = sums.get(key)
    if (sum === undefined) sums.set(key, (sum = sumRows(db, job, { row, inputs })))
    return sum.get(row.cell_from) ?? null
  }
}

interface CountedTask {
  cell_from: number
  cell_to: number
  tail_rows: number
}

/** For each cell at which a task of the operation ends in the input, the input's rows up to it, as far as they are known without a gap. */
function sumRows(
  db: Database,
  job: number,
  { row, inputs }: { row: RejectRow; inputs: readonly Input[] },
): ReadonlyMap<number, number> {
  const firstCell = inputs.slice(0, row.input).reduce((cells, input) => cells + cellsOfInput(input), 0)
  const endCell = firstCell + cellsOfInput(inputs[row.input] ?? { bytes: 0, cellBytes: 1 })
  const tasks = statement(
    db,
    `SELECT cell_from, cell_to, tail_rows FROM tasks WHERE id BETWEEN @first AND @last AND operation = @operation
     AND state = ${taskStateCodes.succeeded} AND cell_to > @firstCell AND cell_to <= @endCell ORDER BY cell_from`,
  ).all({ ...taskIds(job), operation: row.operation, firstCell, endCell }) as CountedTask[]
  const sums = new Map<number, number>()
  let reached = firstCell
  let rows = 0
  for (const task of tasks) {
    if (task.cell_from > reached) break
    reached = task.cell_to
    rows += task.tail_rows
    sums.set(reached, rows)
  }
  return sums
}
