import { useMemo, useState } from 'react'
import { Input } from 'react-aria-components/Input'
import { SearchField } from 'react-aria-components/SearchField'
import { ToggleButton } from 'react-aria-components/ToggleButton'
import { DataTable, type Column } from '../../renderer/ui/DataTable.tsx'
import { Figures } from '../../renderer/ui/Figures.tsx'
import { format } from '../../renderer/ui/format.ts'
import { Sparkline } from '../../renderer/ui/Histogram.tsx'
import type { KindView } from '../../renderer/ui/kindView.ts'
import { ResultView } from '../../renderer/ui/ResultView.tsx'
import { ColumnDetails } from './ColumnDetails.tsx'
import { listColumns, nextOrder, type Listed, type Order, type SortKey } from './columnList.ts'
import { boundText, distinctText } from './figureTexts.tsx'
import { kind, resultSchema, type ColumnResult } from './kind.ts'
import { words } from './words.ts'

/** All columns in a table, one of them in full beneath it. The same while the job runs and afterwards. */
export const view: KindView = { kind: kind.id, Result: ProfileResult }

/** A result of another version is shown by its form alone. */
function ProfileResult({ result }: Parameters<KindView['Result']>[0]) {
  const known = useMemo(() => resultSchema.safeParse(result), [result])
  return known.success ? <Profile {...known.data} /> : <ResultView result={result} />
}

/** Fewer are seen at once. */
const searchedFrom = 10

function Profile({ rows, columns }: { rows: number; columns: readonly ColumnResult[] }) {
  const [search, setSearch] = useState('')
  const [order, setOrder] = useState<Order | null>(null)
  const [chosen, setChosen] = useState(0)
  const listed = useMemo(() => listColumns(columns, search, order), [columns, search, order])
  const at = Math.max(
    0,
    listed.findIndex(({ place }) => place === chosen),
  )
  const shown = listed[at]
  const step = (by: number) => {
    const next = listed[at + by]
    return next === undefined ? null : () => setChosen(next.place)
  }
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-80 max-w-full">
          <Figures
            large
            figures={[
              { name: words.rows, value: format.count(rows) },
              { name: words.columns, value: format.count(columns.length) },
            ]}
          />
        </div>
        {columns.length >= searchedFrom && (
          <Search value={search} onChange={setSearch} found={listed.length} all={columns.length} />
        )}
      </div>
      {columns.length === 0 && <p className="text-soft">{words.noColumns}</p>}
      {shown !== undefined && (
        <>
          <DataTable
            label={words.columns}
            columns={tableColumns({ shown, onChoose: setChosen, order, onOrder: setOrder })}
            count={listed.length}
            row={(index) => listed[index]}
          />
          <ColumnDetails column={shown.column} onPrevious={step(-1)} onNext={step(1)} />
        </>
      )}
    </div>
  )
}

function Search(props: { value: string; onChange: (value: string) => void; found: number; all: number }) {
  const { value, onChange, found, all } = props
  return (
    <div className="flex flex-wrap items-center">
      <output className="figures text-soft not-empty:me-3">
        {value.trim() === '' ? '' : found === 0 ? words.noneFound : words.shown(format.count(found), format.count(all))}
      </output>
      <SearchField aria-label={words.search} value={value} onChange={onChange}>
        <Input
          placeholder={words.searchHint}
          className="w-56 max-w-full rounded-md border border-edge bg-card px-3 py-1.5 text-sm placeholder:text-soft"
        />
      </SearchField>
    </div>
  )
}

interface TableState {
  shown: Listed
  onChoose: (place: number) => void
  order: Order | null
  onOrder: (order: Order | null) => void
}

function tableColumns({ shown, onChoose, order, onOrder }: TableState): Column<Listed>[] {
  const names = words.headings
  const sort = (by: SortKey) => ({
    sort: { direction: order?.by === by ? order.direction : null, onPress: () => onOrder(nextOrder(order, by)) },
  })
  return [
    {
      name: names.name,
      width: '22%',
      ...sort('name'),
      cell: ({ place, column }) => (
        <ToggleButton
          isSelected={place === shown.place}
          onChange={() => onChoose(place)}
          className="max-w-full truncate rounded-sm px-1.5 py-0.5 text-start font-medium text-accent underline-offset-2 hover:underline data-selected:bg-accent data-selected:text-on-accent"
        >
          {column.name}
        </ToggleButton>
      ),
    },
    { name: names.type, width: '11rem', ...sort('type'), cell: ({ column }) => typeText(column) },
    {
      name: names.nulls,
      align: 'end',
      ...sort('nulls'),
      cell: ({ column }) => format.count(column.nulls),
      share: ({ column }) => (column.rows === 0 ? 0 : column.nulls / column.rows),
    },
    { name: names.distinct, align: 'end', ...sort('distinct'), cell: ({ column }) => distinctText(column) },
    { name: names.least, align: 'end', cell: ({ column }) => boundText(column.min, format.rounded) },
    { name: names.greatest, align: 'end', cell: ({ column }) => boundText(column.max, format.rounded) },
    { name: names.mean, align: 'end', cell: ({ column }) => boundText(column.mean, format.rounded) },
    { name: names.spread, cell: ({ column }) => <Sparkline bars={column.histogram} /> },
  ]
}

function typeText({ type, mostly, fits }: ColumnResult): string {
  return mostly === null ? words.types[type] : words.withShare(words.mostly(words.types[mostly]), format.share(fits))
}
