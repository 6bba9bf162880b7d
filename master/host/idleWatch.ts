import { setInterval as every } from 'node:timers/promises'
import type { Host } from './host.ts'

/** When a host that nobody asked to stay may end: nothing to do and nobody connected for so long without a break. */
export interface IdleWatch {
  /** Tells how things are at the moment; true once the host has been idle for long enough. */
  look(busy: boolean): boolean
}

const longestLookMs = 500

export function makeIdleWatch(idleMs: number, now: () => number = () => performance.now()): IdleWatch {
  let idleSince: number | null = null
  return {
    look(busy) {
      if (busy) idleSince = null
      else idleSince ??= now()
      return idleSince !== null && now() - idleSince >= idleMs
    },
  }
}

/** Work, or somebody on the socket: a command that waits for a job, or that is about to submit one. */
export function isInUse(host: Pick<Host, 'busy' | 'clients'>): boolean {
  return host.busy || host.clients > 0
}

/** Resolves when it has not been in use for so long without a break, or when the signal says so. */
export async function untilIdle(inUse: () => boolean, idleMs: number, signal: AbortSignal): Promise<void> {
  const watch = makeIdleWatch(idleMs)
  const lookMs = idleMs === 0 ? longestLookMs : Math.min(longestLookMs, idleMs / 4)
  try {
    for await (const _ of every(lookMs, undefined, { signal })) if (watch.look(inUse())) return
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
