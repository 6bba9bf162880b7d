import { createContext, useContext, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { useHost } from '../../client/dashboard.tsx'
import { createDraft, type Draft, type DraftStore } from './draft.ts'

const DraftContext = createContext<DraftStore | null>(null)

/** A folder arrives as a file without a type; only reading it tells, so the drop handler says what is wrong with it (see WindowDrop). */
const folders = new WeakMap<File, string>()

export function refuseFolder(file: File, complaint: string): void {
  folders.set(file, complaint)
}

export function DraftProvider({ children }: { children: ReactNode }) {
  const host = useHost()
  const [draft] = useState(() => createDraft(host, (file) => folders.get(file) ?? null, sessionStorage))
  return <DraftContext value={draft}>{children}</DraftContext>
}

export function useDraftStore(): DraftStore {
  const draft = useContext(DraftContext)
  if (draft === null) throw new Error('A screen stands outside the DraftProvider')
  return draft
}

export function useDraft<Value>(select: (draft: Draft) => Value): Value {
  return useStore(useDraftStore(), select)
}
