import type { Input } from '../../contract/dataset.ts'
import { TaskFailure } from '../../contract/run.ts'
import type { Column, TableWishes } from '../../contract/table.ts'
import { columnType } from '../sniff/values.ts'
import { nameColumns } from '../table/columns.ts'
import { type Described, commonOf, previewRows } from '../table/described.ts'
import { partsOf, rowIds, selectOf, valueText, withDatabase } from './file.ts'

/** A database as a table: the one that is asked for, or its first. */
type Answer = Described & Pick<Input, 'cellEnds'>

const previewCount = 200

export async function describeSqlite(
  { path, bytes }: { path: string; bytes: number },
  wishes: TableWishes,
): Promise<Answer> {
  for await (const described of withDatabase(path, (db) => [describe(db, { path, bytes }, wishes)])) return described
  throw new TaskFailure('refused-input', `cannot read ${path}: it is empty`)
}

function describe(
  db: Parameters<typeof partsOf>[0],
  { path, bytes }: { path: string; bytes: number },
  wishes: TableWishes,
): Answer {
  const parts = partsOf(db)
  const wanted = {
    part: wishes.query === undefined ? (wishes.table ?? parts[0] ?? null) : null,
    query: wishes.query ?? null,
  }
  if (wanted.part !== null && !parts.includes(wanted.part))
    throw new TaskFailure(
      'refused-input',
      `cannot read ${path}: it has no table ${wanted.part}; choose one of ${parts.join(', ')}`,
    )
  const statement = db.prepare(`${selectOf(wanted, path)} LIMIT ${previewCount}`)
  const names = nameColumns(statement.columns().map(({ name }) => name))
  const rows = statement.raw().safeIntegers().all() as unknown[][]
  const ids = rowIds(db, wanted)
  const others = parts.filter((part) => part !== wanted.part)
  return {
    table: {
      ...commonOf(wishes),
      ...wanted,
      format: 'sqlite',
      dialect: null,
      dataStart: 0,
      columns: names.map((name, column) =>
        columnOf(
          name,
          rows.map((row) => row[column]),
          wishes.dayFirst ?? false,
        ),
      ),
    },
    rows: previewRows(rows.map((row) => row.map(valueText))),
    estimatedRows: {
      rows: rows.length < previewCount ? rows.length : ids && Number(ids.last - ids.first + 1n),
      perByte: null,
    },
    notes: [
      ...(others.length > 0 ? [`other tables, by -p table=NAME: ${others.join(', ')}`] : []),
      ...(ids === null ? ['it has no row ids to split it by: one worker reads it'] : []),
    ],
    ...(ids === null ? { cellEnds: [bytes] } : {}),
  }
}

/** A number that is kept as text is text. */
function columnOf(name: string, values: readonly unknown[], dayFirst: boolean): Column {
  const notation = { decimal: '.', thousands: '', dayFirst } as const
  const type = columnType(
    values.flatMap((value) => valueText(value) ?? []),
    notation,
  )
  const isNumber = type === 'integer' || type === 'decimal' || type === 'boolean'
  return { name, type: isNumber && values.some((value) => typeof value === 'string') ? 'text' : type }
}
