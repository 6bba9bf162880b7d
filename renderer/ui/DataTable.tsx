import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type ReactNode } from 'react'
import { Button } from 'react-aria-components/Button'
import { Scroller } from './Scroller.tsx'

/** Cells are made from a row only when it is in sight. Without a `width` a column shares what the others leave. */
export interface Column<Row> {
  name: string
  /** Stands small beneath the name. */
  note?: string
  width?: string
  align?: 'start' | 'end'
  cell: (row: Row) => ReactNode
  /** A share from 0 to 1 that a bar beside the figure shows. */
  share?: (row: Row) => number
  /** How rows are in order by this column now, and what its heading does when it is pressed. */
  sort?: { direction: 'ascending' | 'descending' | null; onPress: () => void }
}

export interface DataTableProps<Row> {
  label: string
  columns: readonly Column<Row>[]
  /** All rows there are; `row` may not know some of them yet. */
  count: number
  row: (index: number) => Row | undefined
  /** Tells which rows are in sight, so that a paged table reads what it needs. */
  onSight?: (first: number, last: number) => void
  /** So many rows are in sight at most. */
  tallest?: number
}

const rowHeight = 32
const tallestRows = 12

/** A table of any length: only the rows in sight are in the document, between two rows that stand for the rest. */
export function DataTable<Row>({ label, columns, count, row, onSight, tallest = tallestRows }: DataTableProps<Row>) {
  const scroller = useRef<HTMLElement>(null)
  // oxlint-disable-next-line react/incompatible-library -- it concerns the React Compiler, which this build does not use
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)
  useEffect(() => onSight?.(first?.index ?? 0, last?.index ?? 0), [first?.index, last?.index, onSight])
  return (
    <Scroller ref={scroller} label={label} className="overflow-auto" style={{ maxHeight: (tallest + 1.5) * rowHeight }}>
      <table
        aria-label={label}
        aria-rowcount={count + 1}
        className="figures w-full table-fixed border-separate border-spacing-0"
        style={{ minWidth: `${columns.length * 6}rem` }}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.name} style={column.width === undefined ? {} : { width: column.width }} />
          ))}
        </colgroup>
        <Head columns={columns} />
        <tbody>
          <Gap height={first?.start ?? 0} />
          {items.map((item) => (
            <tr key={item.key} aria-rowindex={item.index + 2} style={{ height: rowHeight }}>
              <Cells columns={columns} row={row(item.index)} />
            </tr>
          ))}
          <Gap height={virtual.getTotalSize() - (last?.end ?? 0)} />
        </tbody>
      </table>
    </Scroller>
  )
}

function side(align: 'start' | 'end' | undefined): string {
  return align === 'end' ? 'text-end' : 'text-start'
}

function Head<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((column) => (
          <th
            key={column.name}
            scope="col"
            {...(column.sort === undefined ? {} : { 'aria-sort': column.sort.direction ?? 'none' })}
            className={`sticky top-0 z-10 truncate border-b border-edge bg-card px-2 py-1.5 text-xs font-medium text-soft ${side(column.align)}`}
          >
            <Heading column={column} />
            {column.note !== undefined && <span className="block truncate font-normal">{column.note}</span>}
          </th>
        ))}
      </tr>
    </thead>
  )
}

const arrows = { ascending: '↑', descending: '↓' }

function Heading<Row>({ column: { name, sort } }: { column: Column<Row> }) {
  if (sort === undefined) return name
  return (
    <Button onPress={sort.onPress} className="rounded-sm underline-offset-2 hover:text-ink hover:underline">
      {name}
      <span aria-hidden="true" className="inline-block w-3 text-center">
        {sort.direction === null ? '↕' : arrows[sort.direction]}
      </span>
    </Button>
  )
}

function Cells<Row>({ columns, row }: { columns: readonly Column<Row>[]; row: Row | undefined }) {
  return columns.map((column) => (
    <td key={column.name} className={`truncate border-b border-line px-2 ${side(column.align)}`}>
      {row === undefined ? (
        <span className="inline-block h-3 w-12 rounded-sm bg-sunken" />
      ) : (
        <Cell column={column} row={row} />
      )}
    </td>
  ))
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  if (column.share === undefined) return column.cell(row)
  return (
    <span className="flex items-center justify-end gap-3">
      <span aria-hidden="true" className="hidden h-1.5 w-full max-w-64 justify-end sm:flex">
        <span data-bar="" className="rounded-full bg-accent" style={{ width: `${column.share(row) * 100}%` }} />
      </span>
      {column.cell(row)}
    </span>
  )
}

/** Rows out of sight, as room. */
function Gap({ height }: { height: number }) {
  return height <= 0 ? null : <tr aria-hidden="true" style={{ height }} />
}
