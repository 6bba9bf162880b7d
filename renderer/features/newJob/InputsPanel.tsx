import { useState } from 'react'
import { Label } from 'react-aria-components/Label'
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup'
import type { TableWishes } from '../../../contract/table.ts'
import { useHost } from '../../client/dashboard.tsx'
import { useHostInfo } from '../../client/queries.ts'
import { Button } from '../../ui/Button.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'
import { useDraft, useDraftStore } from './DraftProvider.tsx'
import { ChooseFiles } from './DropTarget.tsx'
import { InputCard } from './InputCard.tsx'
import { RootsPicker } from './RootsPicker.tsx'

const text = strings.newJob

/** `table`: what the form says of how tables are read. */
export function InputsPanel({ table }: { table: TableWishes }) {
  const inputs = useDraft((draft) => draft.inputs)
  const { can } = useHost()
  const roots = useHostInfo().data?.roots ?? []
  const [picking, setPicking] = useState(false)
  return (
    <Panel
      title={text.inputs}
      aside={
        <div className="flex flex-wrap gap-2">
          {can.roots && roots.length > 0 && (
            <Button look="plain" onPress={() => setPicking(true)}>
              {text.browse}
            </Button>
          )}
          <ChooseFiles label={text.add} look="plain" />
        </div>
      }
    >
      {inputs.length === 0 ? (
        <p className="text-soft">{text.noInputs}</p>
      ) : (
        <ul className="space-y-3">
          {inputs.map((input) => (
            <InputCard key={input.key} input={input} table={table} />
          ))}
        </ul>
      )}
      {inputs.length > 1 && <TogetherOrEach count={inputs.length} />}
      <RootsPicker isOpen={picking} onClose={() => setPicking(false)} />
    </Panel>
  )
}

function TogetherOrEach({ count }: { count: number }) {
  const store = useDraftStore()
  const each = useDraft((draft) => draft.each)
  const ways = [
    { value: 'together', label: text.together },
    { value: 'each', label: text.each(count) },
  ]
  return (
    <RadioGroup
      value={each ? 'each' : 'together'}
      onChange={(way) => store.setState({ each: way === 'each' })}
      className="mt-4 flex flex-wrap items-center gap-x-5 gap-y-2"
    >
      <Label className="text-sm font-medium">{text.several}</Label>
      {ways.map(({ value, label }) => (
        <Radio
          key={value}
          value={value}
          className="group flex cursor-pointer items-center gap-2 rounded-sm data-focus-visible:outline-2 data-focus-visible:outline-offset-2 data-focus-visible:outline-accent"
        >
          <span
            aria-hidden="true"
            className="size-4 shrink-0 rounded-full border border-edge bg-card group-data-selected:border-5 group-data-selected:border-accent"
          />
          {label}
        </Radio>
      ))}
    </RadioGroup>
  )
}
