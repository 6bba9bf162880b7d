/** When a host that nobody asked to stay may end: nothing to do and nobody connected for so long without a break. */
export interface IdleWatch {
  /** Tells how things are at the moment; true once the host has been idle for long enough. */
  look(busy: boolean): boolean
}

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
