import { setTimeout } from 'node:timers/promises'
import { defineRun, type RunContext } from '../../contract/run.ts'
import { kind } from './kind.ts'

/** Waits and does nothing else: what a task costs beyond its `ms` is the engine's. */

/** A waiting task looks at least this often whether it has been told to stop. */
const longestSleepMs = 50

export const run = defineRun(kind, {
  maps: {
    async wait(split, context) {
      const { use, ms } = context.params
      if (use === 'io') await setTimeout(ms, undefined, { signal: context.signal })
      else sleep(ms, context)
      context.progress(0, split.items.to - split.items.from)
      return {}
    },
  },
})

/** Keeps the thread, as a task that computes does. */
function sleep(ms: number, context: RunContext): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  const endsAt = performance.now() + ms
  for (let leftMs = ms; leftMs > 0; leftMs = endsAt - performance.now()) {
    Atomics.wait(sleeper, 0, 0, Math.min(leftMs, longestSleepMs))
    context.progress(0, 0)
  }
}
