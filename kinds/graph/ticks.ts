import type { RunContext } from '../../contract/run.ts'

/** Long walks over nodes say that they get on, so that one that is to stop does. */
const perReport = 16 * 1024

export type Tick = () => void

export function ticksOf(context: Pick<RunContext, 'progress'>): Tick {
  let ticks = 0
  return () => {
    ticks += 1
    if (ticks % perReport === 0) context.progress(0, perReport)
  }
}
