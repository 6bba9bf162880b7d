import { strings } from './strings.ts'

/** Grey lines where text will be. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <output aria-label={strings.table.loading} className="block space-y-2">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className={`h-4 animate-pulse rounded-sm bg-sunken ${line % 3 === 2 ? 'w-2/3' : 'w-full'}`} />
      ))}
    </output>
  )
}
