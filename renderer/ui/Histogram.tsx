import type { ReactNode } from 'react'
import { format } from './format.ts'

/** How many values lie between two bounds; the last bar holds its upper bound as well. */
export interface HistogramBar {
  from: number
  to: number
  count: number
}

/** A bar of one value is seen, however tall others are. */
const leastHeight = '1px'

function Bars({ bars, tips }: { bars: readonly HistogramBar[]; tips?: (bar: HistogramBar) => string }) {
  const tallest = bars.reduce((most, { count }) => Math.max(most, count), 1)
  return bars.map((bar) => (
    <span
      key={bar.from}
      {...(tips === undefined ? {} : { title: tips(bar) })}
      className="flex h-full min-w-0 flex-1 items-end hover:bg-sunken"
    >
      <span
        data-bar=""
        className="w-full rounded-t-[2px] bg-accent"
        style={{ height: `${(bar.count / tallest) * 100}%`, minHeight: bar.count > 0 ? leastHeight : 0 }}
      />
    </span>
  ))
}

/** A picture beside figures that say the same. */
export function Sparkline({ bars }: { bars: readonly HistogramBar[] }) {
  if (bars.length === 0) return null
  return (
    <span aria-hidden="true" className="flex h-6 w-full max-w-40 gap-px border-b border-line">
      <Bars bars={bars} />
    </span>
  )
}

/** The picture with its least and greatest value and its tallest bar; `table` is what it shows, in figures. */
export function Histogram(props: {
  /** What the picture shows, for who does not see it. */
  summary: string
  bars: readonly HistogramBar[]
  tip: (bar: HistogramBar) => string
  tableName: string
  table: ReactNode
}) {
  const { summary, bars, tip, tableName, table } = props
  const tallest = bars.reduce((most, { count }) => Math.max(most, count), 0)
  return (
    <figure className="figures min-w-0">
      <figcaption className="sr-only">{summary}</figcaption>
      <div aria-hidden="true">
        <p className="text-xs text-soft">{format.count(tallest)}</p>
        <div className="flex h-36 gap-0.5 border-y border-line">
          <Bars bars={bars} tips={tip} />
        </div>
        <p className="mt-1 flex justify-between gap-4 text-xs text-soft">
          <span>{format.rounded(bars[0]?.from ?? 0)}</span>
          <span>{format.rounded(bars.at(-1)?.to ?? 0)}</span>
        </p>
      </div>
      <details className="mt-1">
        <summary className="w-fit cursor-pointer text-accent">{tableName}</summary>
        {table}
      </details>
    </figure>
  )
}
