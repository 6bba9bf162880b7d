import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Source } from '../../../contract/api.ts'
import { refuse, type CommandError } from '../../../contract/commandError.ts'
import type { ChosenFile } from '../../../contract/desktop.ts'
import type { Host } from '../../client/host.ts'
import { settle } from '../../client/useCommand.ts'
import { keepOn, takeKept, type DraftShelf } from './keptDraft.ts'
import type { Texts } from './paramsForm.ts'

/**
 * The job being put together: it lives above the screens and on a shelf of the tab (keptDraft.ts), so that neither a look elsewhere nor
 * a lost connection nor a reload loses what was dropped or typed. An input is `sending → ready | failed`; a failed one can be sent
 * again, and so can one that the host has forgotten.
 */
export interface DraftInput {
  key: number
  name: string
  bytes: number | null
  /** What to name in a terminal: the path where it is known, else the name. */
  word: string
  state: 'sending' | 'ready' | 'failed'
  sentBytes: number
  source: Source | null
  error: CommandError | null
}

export interface Draft {
  inputs: readonly DraftInput[]
  kind: string | null
  /** What was typed, by kind, so that trying another kind keeps it. */
  texts: Readonly<Record<string, Texts>>
  name: string
  workers: string
  /** Of several inputs each gets a job of its own. */
  each: boolean
}

export interface DraftStore extends StoreApi<Draft> {
  addFiles: (files: readonly File[]) => void
  /** Files that the system chose; the host knows where they lie. */
  addChosen: (files: readonly ChosenFile[]) => void
  addListed: (path: string, name: string, bytes: number | null) => void
  addArtifact: (job: string, artifact: { name: string; bytes: number }) => void
  remove: (key: number) => void
  /** Whether the file itself is still at hand: not after a reload, when a person has to choose it again. */
  holds: (key: number) => boolean
  sendAgain: (key: number, chosen?: File) => void
  type: (kind: string, field: string, text: string) => void
  reset: () => void
}

const emptyDraft: Draft = { inputs: [], kind: null, texts: {}, name: '', workers: '', each: false }

/** `folderComplaint` says why a dropped folder is not taken; null for a file. */
export function createDraft(
  host: Pick<Host, 'bring'>,
  folderComplaint: (file: File) => string | null,
  shelf: DraftShelf,
): DraftStore {
  const store = createStore<Draft>(() => takeKept(shelf) ?? emptyDraft)
  const inputs = createInputs(store, host)
  store.subscribe(keepOn(shelf))
  return {
    ...store,
    addFiles: (files) => files.forEach((file) => inputs.addFile(file, folderComplaint(file))),
    addChosen: (files) => files.forEach((file) => inputs.add(chosenInput(file))),
    addListed(path, name, bytes) {
      const source: Source = { type: 'listed', path }
      inputs.add({ name, bytes, word: path, state: 'ready', sentBytes: 0, source, error: null })
    },
    addArtifact(job, { name, bytes }) {
      const source: Source = { type: 'artifact', job, name }
      inputs.add({ name, bytes, word: `job:${job}/${name}`, state: 'ready', sentBytes: 0, source, error: null })
    },
    remove: inputs.remove,
    holds: inputs.holds,
    sendAgain: (key, chosen) => inputs.sendAgain(key, chosen),
    type: (kind, field, text) =>
      store.setState(({ texts }) => ({ texts: { ...texts, [kind]: { ...texts[kind], [field]: text } } })),
    reset() {
      inputs.forget()
      store.setState(emptyDraft)
    },
  }
}

function chosenInput(file: ChosenFile): Omit<DraftInput, 'key'> {
  const { name } = file
  const input = { name, bytes: null, word: name, sentBytes: 0, source: null, error: null }
  if (!file.ok) return { ...input, state: 'failed', error: refuse('input-unreadable', file.message).error }
  return { ...input, bytes: file.bytes, state: 'ready', source: { type: 'upload', token: file.token } }
}

/** The part of the draft that knows which file belongs to which input, and sends it. */
function createInputs(store: StoreApi<Draft>, host: Pick<Host, 'bring'>) {
  const files = new Map<number, { file: File; stop: AbortController }>()
  let lastKey = store.getState().inputs.length

  const change = (key: number, fields: Partial<DraftInput>) =>
    store.setState(({ inputs }) => ({
      inputs: inputs.map((input) => (input.key === key ? { ...input, ...fields } : input)),
    }))
  const add = (input: Omit<DraftInput, 'key'>): number => {
    lastKey += 1
    const added = { ...input, key: lastKey }
    store.setState(({ inputs }) => ({ inputs: [...inputs, added] }))
    return lastKey
  }
  async function send(key: number): Promise<void> {
    const held = files.get(key)
    if (held === undefined) return
    change(key, { state: 'sending', sentBytes: 0, source: null, error: null })
    const onProgress = (sentBytes: number) => change(key, { sentBytes })
    const brought = await settle(host.bring(held.file, { onProgress, signal: held.stop.signal }))
    if (brought.ok) change(key, { state: 'ready', source: brought.value })
    else change(key, { state: 'failed', error: brought.error })
  }
  function addFile(file: File, complaint: string | null): void {
    const error = complaint === null ? null : refuse('input-not-a-file', complaint).error
    const state = error === null ? 'sending' : 'failed'
    const key = add({ name: file.name, bytes: file.size, word: file.name, sentBytes: 0, source: null, state, error })
    if (error !== null) return
    files.set(key, { file, stop: new AbortController() })
    void send(key)
  }
  function sendAgain(key: number, chosen: File | undefined): void {
    if (chosen !== undefined) {
      files.set(key, { file: chosen, stop: new AbortController() })
      change(key, { name: chosen.name, bytes: chosen.size, word: chosen.name })
    }
    void send(key)
  }
  function remove(key: number): void {
    files.get(key)?.stop.abort()
    files.delete(key)
    store.setState(({ inputs }) => ({ inputs: inputs.filter((input) => input.key !== key) }))
  }
  return { add, addFile, sendAgain, remove, holds: (key: number) => files.has(key), forget: () => files.clear() }
}
