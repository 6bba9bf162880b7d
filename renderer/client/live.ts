import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Delta } from '../../contract/api.ts'
import { applyDelta, emptyModel, type Applied, type LiveModel } from './liveModel.ts'

/**
 * Keeps the live picture up to date for as long as the page is open: watches the host, resumes after a loss by the last sequence
 * number, and asks for everything anew when a delta is missing or another host answers.
 */
export interface LiveOptions {
  host: WatchedHost
  signal: AbortSignal
  /** After every delta taken. */
  onApplied: (applied: Applied) => void
  /** After a watch begins, so that whatever was read before the loss is read again. */
  onWatching: () => void
  /** Between two tries. */
  wait: () => Promise<void>
}

/** The part of the API that this needs. */
export interface WatchedHost {
  info: () => Promise<{ pid: number }>
  watch: (input: { since?: number }, options: { signal: AbortSignal }) => Promise<AsyncIterable<Delta>>
}

export type LiveStore = StoreApi<LiveModel>

export function createLiveStore(): LiveStore {
  return createStore<LiveModel>(() => emptyModel)
}

export async function follow(store: LiveStore, options: LiveOptions): Promise<void> {
  let pid: number | null = null
  while (!options.signal.aborted) {
    try {
      const info = await options.host.info()
      if (info.pid !== pid) forgetSequence(store)
      pid = info.pid
      options.onWatching()
      await watchOnce(store, options)
    } catch (cause) {
      // A lost connection ends the stream by an error; the next call waits until it is back. The banner tells the person.
      if (!(cause instanceof Error)) throw cause
    }
    if (!options.signal.aborted) await options.wait()
  }
}

/** Ends when the host ends the stream or when a delta is missing. */
async function watchOnce(store: LiveStore, options: LiveOptions): Promise<void> {
  const since = store.getState().sequence
  const deltas = await options.host.watch(since === null ? {} : { since }, { signal: options.signal })
  let place: 'first' | 'later' = 'first'
  for await (const delta of deltas) {
    const applied = applyDelta(store.getState(), delta, place)
    if (applied === null) return forgetSequence(store)
    store.setState(applied.model)
    options.onApplied(applied)
    place = 'later'
  }
}

function forgetSequence(store: LiveStore): void {
  store.setState({ sequence: null })
}
