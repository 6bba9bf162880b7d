import { useEffect, useState } from 'react'
import { useHost } from '../../client/dashboard.tsx'
import { goTo } from '../../routing/useRoute.ts'
import { strings } from '../../ui/strings.ts'
import { markFolder, useDraftStore } from './DraftProvider.tsx'

/** Takes files dropped anywhere in the window at any time, and shows while they hover that it will. */
export function WindowDrop() {
  const draft = useDraftStore()
  const { files } = useHost()
  useEffect(
    () =>
      files?.onOpened((opened) => {
        draft.addChosen(opened)
        goTo({ screen: 'newJob', kind: null })
      }),
    [draft, files],
  )
  const [hovering, setHovering] = useState(false)
  useEffect(() => {
    const listening = new AbortController()
    const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
      addEventListener(type, act, { signal: listening.signal })
    const take = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setHovering(event.type !== 'drop')
    }
    on('dragenter', take)
    on('dragover', take)
    on('dragleave', (event) => {
      if (event.relatedTarget === null) setHovering(false)
    })
    on('drop', (event) => {
      take(event)
      const files = filesOf(event)
      if (files.length === 0) return
      draft.addFiles(files)
      goTo({ screen: 'newJob', kind: null })
    })
    return () => listening.abort()
  }, [draft])
  if (!hovering) return null
  return (
    <div className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-page/80 p-6">
      <div className="flex size-full items-center justify-center rounded-lg border-2 border-dashed border-accent bg-accent-wash">
        <p className="text-lg font-semibold text-accent-strong">{strings.drop.overlay}</p>
      </div>
    </div>
  )
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

function filesOf(event: DragEvent): File[] {
  const items = [...(event.dataTransfer?.items ?? [])].filter((item) => item.kind === 'file')
  return items.flatMap((item) => {
    const file = item.getAsFile()
    if (file === null) return []
    if (item.webkitGetAsEntry()?.isDirectory === true) markFolder(file)
    return [file]
  })
}
