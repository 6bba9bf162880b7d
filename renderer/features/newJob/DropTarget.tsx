import { FileTrigger } from 'react-aria-components/FileTrigger'
import { useHost } from '../../client/dashboard.tsx'
import { goTo } from '../../routing/useRoute.ts'
import { Button } from '../../ui/Button.tsx'
import { strings } from '../../ui/strings.ts'
import { useDraftStore } from './DraftProvider.tsx'

/** The visible place to drop on; its button does the same without a mouse. The window takes the drop itself (WindowDrop). */
export function DropTarget() {
  return (
    <div className="flex flex-wrap items-center justify-between gap-4 rounded-lg border-2 border-dashed border-edge bg-card px-5 py-5">
      <div>
        <p className="text-base font-semibold">{strings.drop.title}</p>
        <p className="text-soft">{strings.drop.text}</p>
      </div>
      <ChooseFiles label={strings.drop.choose} look="main" />
    </div>
  )
}

export function ChooseFiles({ label, look }: { label: string; look: 'main' | 'plain' }) {
  const draft = useDraftStore()
  const { files: system } = useHost()
  function choose(files: FileList | null) {
    if (files === null || files.length === 0) return
    draft.addFiles([...files])
    goTo({ screen: 'newJob', kind: null })
  }
  async function pick() {
    const picked = (await system?.pick()) ?? []
    if (picked.length === 0) return
    draft.addChosen(picked)
    goTo({ screen: 'newJob', kind: null })
  }
  if (system !== null)
    return (
      <Button look={look} onPress={() => void pick()}>
        {label}
      </Button>
    )
  return (
    <FileTrigger allowsMultiple onSelect={choose}>
      <Button look={look}>{label}</Button>
    </FileTrigger>
  )
}
