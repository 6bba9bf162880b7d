import { useEffect, useState } from 'react'
import { useHost } from '../../client/dashboard.tsx'
import { goTo } from '../../routing/useRoute.ts'
import { strings } from '../../ui/strings.ts'
import { filesInFolder, isFolder, mostFiles } from './droppedFolder.ts'
import { refuseFolder, useDraftStore } from './DraftProvider.tsx'

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
    const addDropped = async (event: DragEvent) => {
      const files = await filesOf(event)
      if (files.length === 0) return
      draft.addFiles(files)
      goTo({ screen: 'newJob', kind: null })
    }
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
      void addDropped(event)
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

/** The entries are asked for while the event lasts; what is in folders is read afterwards. */
async function filesOf(event: DragEvent): Promise<File[]> {
  const items = [...(event.dataTransfer?.items ?? [])].filter((item) => item.kind === 'file')
  const dropped = items.map((item) => ({ file: item.getAsFile(), entry: item.webkitGetAsEntry() }))
  const files = await Promise.all(
    dropped.map(async ({ file, entry }) => {
      if (entry === null || !isFolder(entry)) return file === null ? [] : [file]
      const found = await filesInFolder(entry)
      if (file === null || (found.length > 0 && found.length <= mostFiles)) return found
      refuseFolder(file, (found.length === 0 ? strings.drop.folder : strings.drop.largeFolder)(file.name))
      return [file]
    }),
  )
  return files.flat()
}
