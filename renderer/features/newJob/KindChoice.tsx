import { Label } from 'react-aria-components/Label'
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup'
import { strings } from '../../ui/strings.ts'
import type { Fit } from './fit.ts'

/** The kinds as cards, fitting ones first; the others say what stands in their way and cannot be chosen. */
export function KindChoice({
  fits,
  value,
  onChange,
}: {
  fits: Fit[]
  value: string
  onChange: (kind: string) => void
}) {
  return (
    <RadioGroup value={value} onChange={onChange} className="flex flex-col gap-3">
      <Label className="text-base font-semibold">{strings.newJob.kind}</Label>
      <div className="grid gap-3 sm:grid-cols-2">
        {fits.map(({ kind, obstacle }) => (
          <Radio
            key={kind.id}
            value={kind.id}
            isDisabled={obstacle !== null}
            className="group flex cursor-pointer gap-3 rounded-md border border-edge bg-card p-3 hover:bg-sunken data-disabled:cursor-default data-disabled:border-line data-disabled:bg-sunken data-focus-visible:outline-2 data-focus-visible:outline-offset-2 data-focus-visible:outline-accent data-selected:border-accent data-selected:bg-accent-wash"
          >
            <span
              aria-hidden="true"
              className="mt-0.5 size-4 shrink-0 rounded-full border border-edge bg-card group-data-selected:border-5 group-data-selected:border-accent"
            />
            <span className="min-w-0">
              <span className="block font-medium">{kind.title}</span>
              <span className="block text-xs text-soft">{kind.summary}</span>
              {obstacle !== null && <span className="mt-1 block text-xs font-medium text-soft">{obstacle}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}
