import { useState } from 'react'
import { useHost } from '../../client/dashboard.tsx'
import { useHostInfo } from '../../client/queries.ts'
import { Button } from '../../ui/Button.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'
import { useDraft } from './DraftProvider.tsx'
import { ChooseFiles } from './DropTarget.tsx'
import { InputCard } from './InputCard.tsx'
import { RootsPicker } from './RootsPicker.tsx'

export function InputsPanel() {
  const inputs = useDraft((draft) => draft.inputs)
  const { can } = useHost()
  const roots = useHostInfo().data?.roots ?? []
  const [picking, setPicking] = useState(false)
  return (
    <Panel
      title={strings.newJob.inputs}
      aside={
        <div className="flex flex-wrap gap-2">
          {can.roots && roots.length > 0 && (
            <Button look="plain" onPress={() => setPicking(true)}>
              {strings.newJob.browse}
            </Button>
          )}
          <ChooseFiles label={strings.newJob.add} look="plain" />
        </div>
      }
    >
      {inputs.length === 0 ? (
        <p className="text-soft">{strings.newJob.noInputs}</p>
      ) : (
        <ul className="space-y-3">
          {inputs.map((input) => (
            <InputCard key={input.key} input={input} />
          ))}
        </ul>
      )}
      <RootsPicker isOpen={picking} onClose={() => setPicking(false)} />
    </Panel>
  )
}
