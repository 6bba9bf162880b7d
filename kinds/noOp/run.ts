import { defineRun } from '../../contract/run.ts'
import { kind } from './kind.ts'

/** Waits and does nothing else: what a task costs beyond its `ms` is the engine's. */

/** A waiting task looks at least this often whether it has been told to stop. */
const longestSleepMs = 50

export const run = defineRun(kind, {
  maps: {
    wait(split, context) {
      const sleeper = new Int32Array(new SharedArrayBuffer(4))
      const endsAt = performance.now() + context.params.ms
      for (let leftMs = context.params.ms; leftMs > 0; leftMs = endsAt - performance.now()) {
        Atomics.wait(sleeper, 0, 0, Math.min(leftMs, longestSleepMs))
        context.progress(0, 0)
      }
      context.progress(0, split.items.to - split.items.from)
      return {}
    },
  },
})
