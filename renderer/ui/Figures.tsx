import type { ReactNode } from 'react'

export interface Figure {
  name: string
  value: ReactNode
}

/** Names and values side by side: the cards of a result, the facts of a job. */
export function Figures({ figures, large = false }: { figures: readonly Figure[]; large?: boolean }) {
  return (
    <dl className="figures grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-x-6 gap-y-3">
      {figures.map(({ name, value }) => (
        <div key={name} className="min-w-0">
          <dt className="text-xs text-soft">{name}</dt>
          <dd className={`wrap-anywhere ${large ? 'text-lg font-semibold' : 'font-medium'}`}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
