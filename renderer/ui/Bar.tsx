import { ProgressBar } from 'react-aria-components/ProgressBar'

/** A bar for a share from 0 to 1; null means that the whole is not known, and no made-up length is shown. */
export function Bar({ label, fraction, text }: { label: string; fraction: number | null; text: string }) {
  const share = fraction === null ? {} : { value: fraction }
  return (
    <ProgressBar
      aria-label={label}
      minValue={0}
      maxValue={1}
      {...share}
      isIndeterminate={fraction === null}
      valueLabel={text}
      className="block"
    >
      <div className="h-2 overflow-hidden rounded-full bg-sunken">
        <div
          data-bar=""
          className={`h-full rounded-full bg-accent transition-[width] duration-300 ${fraction === null ? 'w-1/4 animate-pulse' : ''}`}
          style={fraction === null ? {} : { width: `${fraction * 100}%` }}
        />
      </div>
    </ProgressBar>
  )
}
