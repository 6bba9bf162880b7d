import { useState } from 'react'
import type { FileEntry } from '../../../contract/api.ts'
import { useFolder } from '../../client/queries.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { format } from '../../ui/format.ts'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { strings } from '../../ui/strings.ts'
import { useDraftStore } from './DraftProvider.tsx'

const text = strings.picker

/** Chooses files under the folders that the host was started with; the host lists them, the page never makes up a path. */
export function RootsPicker({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const draft = useDraftStore()
  const [way, setWay] = useState<FileEntry[]>([])
  const here = way.at(-1)
  function open(entry: FileEntry) {
    if (entry.folder) return setWay([...way, entry])
    draft.addListed(entry.path, entry.name, entry.bytes)
    onClose()
  }
  return (
    <Dialog title={text.title} isOpen={isOpen} onClose={onClose}>
      <div className="flex min-h-8 items-center gap-3">
        <p className="min-w-0 flex-1 truncate text-soft">{here?.path ?? text.roots}</p>
        {here !== undefined && <Button onPress={() => setWay(way.slice(0, -1))}>{text.up}</Button>}
      </div>
      <Folder folder={here?.path ?? null} onOpen={open} />
      <div className="flex justify-end">
        <Button onPress={onClose}>{text.close}</Button>
      </div>
    </Dialog>
  )
}

function Folder({ folder, onOpen }: { folder: string | null; onOpen: (entry: FileEntry) => void }) {
  const listed = useFolder(folder)
  if (listed.isError) return <ErrorNote error={listed.error.message} />
  if (listed.data === undefined) return <Skeleton />
  if (!listed.data.ok) return <ErrorNote error={listed.data.error} />
  const entries = listed.data.value
  if (entries.length === 0) return <p className="text-soft">{folder === null ? text.noRoots : text.empty}</p>
  return (
    <ul className="min-h-0 overflow-auto rounded-md border border-line">
      {entries.map((entry) => (
        <li key={entry.path} className="border-b border-line last:border-0">
          <button
            type="button"
            onClick={() => onOpen(entry)}
            className="flex w-full items-center gap-3 px-3 py-2 text-start -outline-offset-2 hover:bg-sunken"
          >
            <span aria-hidden="true" className="w-4 text-soft">
              {entry.folder ? '▸' : '·'}
            </span>
            <span className="min-w-0 flex-1 truncate">
              <span className="sr-only">{entry.folder ? text.folder : text.file} </span>
              {entry.name}
            </span>
            {entry.bytes !== null && <span className="figures text-xs text-soft">{format.bytes(entry.bytes)}</span>}
          </button>
        </li>
      ))}
    </ul>
  )
}
