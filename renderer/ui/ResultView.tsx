import { useMemo } from 'react'
import type { Json } from '../../contract/json.ts'
import { CodeBlock } from './CodeBlock.tsx'
import { DataTable, type Column } from './DataTable.tsx'
import { Figures } from './Figures.tsx'
import { format } from './format.ts'
import { shapeOf, type ResultShape, type Row, type Scalar } from './resultShape.ts'
import { strings } from './strings.ts'

/** Any result, by its form alone. */
export function ResultView({ result }: { result: Json }) {
  const shape = useMemo(() => shapeOf(result, strings.job.result), [result])
  return (
    <div className="space-y-5">
      {shape.scalars.length > 0 && (
        <Figures large figures={shape.scalars.map(({ name, value }) => ({ name, value: scalarText(value) }))} />
      )}
      {shape.lists.map((list) => (
        <ValueList key={list.name} {...list} />
      ))}
      {shape.tables.map((table) => (
        <RecordTable key={table.name} {...table} />
      ))}
      {shape.others.map(({ name, value }) => (
        <div key={name}>
          <h3 className="mb-1 text-sm font-medium">{name}</h3>
          <CodeBlock label={name} text={JSON.stringify(value, null, 2)} />
        </div>
      ))}
    </div>
  )
}

export function scalarText(value: Scalar): string {
  if (value === null) return strings.result.none
  if (typeof value === 'number') return format.number(value)
  if (typeof value === 'boolean') return value ? strings.result.yes : strings.result.no
  return value
}

function cellText(value: Json | undefined): string {
  if (value === undefined) return ''
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : scalarText(value)
}

type TableShape = ResultShape['tables'][number]

/** Few values stand in a line, many in a table of one column. */
const valuesInLine = 40

function ValueList({ name, values }: ResultShape['lists'][number]) {
  const columns: Column<Scalar>[] = [{ name: strings.result.valueColumn, cell: scalarText }]
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium">
        {name} <span className="font-normal text-soft">({strings.result.entries(values.length)})</span>
      </h3>
      {values.length <= valuesInLine ? (
        <ol className="figures flex flex-wrap gap-1.5">
          {values.map((value, index) => (
            <li key={index} className="rounded-sm bg-sunken px-2 py-0.5">
              {scalarText(value)}
            </li>
          ))}
        </ol>
      ) : (
        <DataTable label={name} columns={columns} count={values.length} row={(index) => values[index]} />
      )}
    </div>
  )
}

/** A column of counts and the like gets bars as well: lengths are compared faster than figures. */
function columnOf({ key, name, numeric }: TableShape['columns'][number], rows: Row[]): Column<Row> {
  const column: Column<Row> = { name, align: numeric ? 'end' : 'start', cell: (row) => cellText(row[key]) }
  if (!numeric) return column
  const figure = (row: Row) => (typeof row[key] === 'number' ? row[key] : 0)
  const largest = rows.reduce((most, row) => Math.max(most, figure(row)), 0)
  const negative = rows.some((row) => figure(row) < 0)
  return negative || largest === 0 ? column : { ...column, share: (row) => figure(row) / largest }
}

function RecordTable({ name, columns, rows }: TableShape) {
  const shown = useMemo(() => columns.map((column) => columnOf(column, rows)), [columns, rows])
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium">
        {name} <span className="font-normal text-soft">({strings.result.entries(rows.length)})</span>
      </h3>
      <DataTable label={name} columns={shown} count={rows.length} row={(index) => rows[index]} />
    </div>
  )
}
