import { useId, type ReactNode } from 'react'
import { Button } from '../../renderer/ui/Button.tsx'
import { DataTable, type Column } from '../../renderer/ui/DataTable.tsx'
import { Figures, type Figure } from '../../renderer/ui/Figures.tsx'
import { format } from '../../renderer/ui/format.ts'
import { Histogram, type HistogramBar } from '../../renderer/ui/Histogram.tsx'
import { boundText, countText, distinctText, lengthText } from './figureTexts.tsx'
import type { ColumnResult } from './kind.ts'
import { words } from './words.ts'

/** Everything that is known of one column. */
export function ColumnDetails(props: {
  column: ColumnResult
  /** Null where there is none. */
  onPrevious: (() => void) | null
  onNext: (() => void) | null
}) {
  const { column, onPrevious, onNext } = props
  const id = useId()
  return (
    <section aria-labelledby={id} className="min-w-0 space-y-5 rounded-md border border-line p-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div aria-live="polite" className="min-w-0">
          <h3 id={id} className="text-base font-semibold wrap-anywhere">
            {column.name}
          </h3>
          <p className="text-soft">{typeText(column)}</p>
        </div>
        <div className="flex gap-2">
          <Button isDisabled={onPrevious === null} onPress={() => onPrevious?.()}>
            {words.previous}
          </Button>
          <Button isDisabled={onNext === null} onPress={() => onNext?.()}>
            {words.next}
          </Button>
        </div>
      </div>
      <Figures figures={figuresOf(column)} />
      {column.quantiles.length > 0 && <Quantiles column={column} />}
      <div className="grid items-start gap-6 lg:grid-cols-2">
        {column.histogram.length > 0 && (
          <Part title={words.histogram}>
            <Spread bars={column.histogram} />
          </Part>
        )}
        {column.top.length > 0 && (
          <Part title={words.top} note={column.topMissed > 0 ? words.topMissed : null}>
            <TopValues column={column} />
          </Part>
        )}
      </div>
    </section>
  )
}

function Part({ title, note = null, children }: { title: string; note?: string | null; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <h4 className="mb-2 font-medium">{title}</h4>
      {children}
      {note !== null && <p className="mt-1 text-xs text-soft">{note}</p>}
    </div>
  )
}

function typeText({ type, mostly, fits }: ColumnResult): string {
  return mostly === null ? words.types[type] : words.fits(format.share(fits), words.types[mostly])
}

function figuresOf(column: ColumnResult): Figure[] {
  const { rows, nulls, empty } = column
  const figure = (name: keyof typeof words.figures, value: string): Figure => ({ name: words.figures[name], value })
  const known = (name: keyof typeof words.figures, value: number | string | null): Figure[] =>
    value === null ? [] : [figure(name, boundText(value, format.number))]
  return [
    figure('values', format.count(rows - nulls - empty)),
    figure('nulls', countText(nulls, rows)),
    figure('empty', countText(empty, rows)),
    figure('distinct', distinctText(column, true)),
    ...known('least', column.min),
    ...known('greatest', column.max),
    ...known('sum', column.sum),
    ...known('mean', column.mean),
    ...known('deviation', column.stddev),
    ...(column.shortest === null ? [] : [figure('lengths', lengthText(column))]),
    ...(column.meanLength === null ? [] : [figure('meanLength', format.rounded(column.meanLength))]),
  ]
}

const half = 0.5

function Quantiles({ column: { quantiles, quantileError } }: { column: ColumnResult }) {
  return (
    <Part title={words.quantiles} note={quantileError > 0 ? words.rankError(format.share(quantileError)) : null}>
      <Figures
        figures={quantiles.map(({ q, value }) => ({
          name: q === half ? words.median : format.share(q),
          value: format.number(value),
        }))}
      />
    </Part>
  )
}

const limits = ({ from, to }: HistogramBar): [string, string] => [format.rounded(from), format.rounded(to)]

const barColumns: Column<HistogramBar>[] = [
  { name: words.from, align: 'end', cell: ({ from }) => format.rounded(from) },
  { name: words.to, align: 'end', cell: ({ to }) => format.rounded(to) },
  { name: words.count, align: 'end', cell: ({ count }) => format.count(count) },
]

function Spread({ bars }: { bars: readonly HistogramBar[] }) {
  return (
    <Histogram
      summary={summaryOf(bars)}
      bars={bars}
      tip={(bar) => words.bar(...limits(bar), format.count(bar.count))}
      tableName={words.asTable}
      table={
        <DataTable label={words.histogram} columns={barColumns} count={bars.length} row={(index) => bars[index]} />
      }
    />
  )
}

function summaryOf(bars: readonly HistogramBar[]): string {
  const tallest = bars.reduce((most, bar) => (bar.count > most.count ? bar : most))
  return words.histogramSummary({
    bars: format.count(bars.length),
    from: format.rounded(bars[0]!.from),
    to: format.rounded(bars.at(-1)!.to),
    most: format.count(tallest.count),
    mostBetween: words.span(...limits(tallest)),
  })
}

type TopValue = ColumnResult['top'][number]

const valueColumn: Column<TopValue> = {
  name: words.value,
  cell: ({ value }) => <span className="whitespace-pre">{value}</span>,
}

function TopValues({ column: { name, rows, nulls, empty, top, topMissed } }: { column: ColumnResult }) {
  const values = rows - nulls - empty
  const upTo = (count: number) => words.between(format.count(count), format.count(Math.min(count + topMissed, values)))
  const countColumn: Column<TopValue> = {
    name: words.count,
    align: 'end',
    cell: ({ count }) => (topMissed === 0 ? format.count(count) : upTo(count)),
    share: ({ count }) => count / values,
  }
  return (
    <DataTable
      key={name}
      label={words.top}
      columns={[valueColumn, countColumn]}
      count={top.length}
      row={(index) => top[index]}
    />
  )
}
