/**
 * What to do when the page's process has gone: load it again, which touches no job, unless it goes again and again. Pure but for what it
 * remembers.
 */
export interface CrashWatch {
  /** True when the page is to be loaded again. */
  gone(reason: string, now: number): boolean
}

const most = 3
const withinMs = 60_000

export function makeCrashWatch(): CrashWatch {
  let times: number[] = []
  return {
    gone(reason, now) {
      if (reason === 'clean-exit') return false
      times = [...times.filter((time) => now - time < withinMs), now]
      return times.length <= most
    },
  }
}
