import type { Inspection } from '../../../contract/dataset.ts'
import type { Column as TableColumn, Table } from '../../../contract/table.ts'
import { DataTable, type Column } from '../../ui/DataTable.tsx'
import { format } from '../../ui/format.ts'
import { tableStrings } from '../../ui/tableStrings.ts'
import { dialectFacts } from './tableForm.ts'

const text = tableStrings
/** More are named, not shown. */
const mostColumns = 100

/** An input as a table: what it is, how it is read, and its first rows under the names and types of its columns. */
export function TableCard({ name, inspection, table }: { name: string; inspection: Inspection; table: Table }) {
  const { input, sample } = inspection
  const rows = sample?.rows ?? []
  const left = table.columns.length - mostColumns
  return (
    <div className="space-y-2">
      <p className="figures text-xs text-soft">{sizeFacts(inspection, table, format.bytes(input.bytes)).join(' · ')}</p>
      <ul aria-label={text.readAs(name)} className="flex flex-wrap gap-1.5">
        {dialectFacts(table).map((fact) => (
          <li key={fact} className="rounded-full border border-line bg-sunken px-2 py-0.5 text-xs">
            {fact}
          </li>
        ))}
      </ul>
      {sample?.notes.map((note) => (
        <p key={note} className="text-xs text-soft">
          {note}
        </p>
      ))}
      <div className="overflow-hidden rounded-md border border-line">
        <DataTable
          label={text.preview(name)}
          columns={table.columns.slice(0, mostColumns).map(columnOf)}
          count={rows.length}
          row={(index) => rows[index]}
          tallest={previewRows}
        />
      </div>
      {left > 0 && <p className="text-xs text-soft">{text.moreColumns(left)}</p>}
    </div>
  )
}

const previewRows = 7

type Row = readonly (string | null)[]

function columnOf({ name, type }: TableColumn, at: number): Column<Row> {
  const isNumber = type === 'integer' || type === 'decimal'
  return {
    name,
    note: text.types[type],
    ...(isNumber ? { align: 'end' as const } : {}),
    cell: (row) => {
      const value = row[at] ?? null
      return value === null ? <span className="text-soft">{text.nothing}</span> : <span title={value}>{value}</span>
    },
  }
}

function sizeFacts({ sample }: Inspection, { format: form, compression, columns }: Table, bytes: string): string[] {
  return [
    bytes,
    compression === null ? text.formats[form] : text.compressed(text.formats[form], compression),
    ...(sample?.estimatedRows == null ? [] : [text.rows(sample.estimatedRows)]),
    text.columns(columns.length),
  ]
}
