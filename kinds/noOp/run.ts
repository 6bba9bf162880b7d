import { setTimeout } from 'node:timers/promises'
import { defineRun, type RunContext, type Split, type StageAnswer } from '../../contract/run.ts'
import { kind, type NoOpParams } from './kind.ts'

/** Waits and does nothing else: what a task costs beyond its `ms` is the engine's. */

/** A waiting task looks at least this often whether it has been told to stop. */
const longestSleepMs = 50

type Context = RunContext<NoOpParams>

export const run = defineRun(kind, {
  maps: {
    wait(split, context) {
      if (context.params.use === 'io') return waitBeside(split, context)
      sleep(context)
      return done(split, context)
    },
  },
  async item(_text, context) {
    if (context.params.use === 'io') await waitForNothing(context)
    else sleep(context)
    return null
  },
})

/** As a task does that waits for a server: others may be under way in the same thread. */
async function waitForNothing({ params, signal }: Context): Promise<void> {
  await setTimeout(params.ms, undefined, { signal })
}

async function waitBeside(split: Split, context: Context): Promise<StageAnswer> {
  await waitForNothing(context)
  return done(split, context)
}

function done(split: Split, context: Context): StageAnswer {
  context.progress(0, split.items.to - split.items.from)
  return {}
}

/** Keeps the thread, as a task does that computes. */
function sleep(context: Context): void {
  const { ms } = context.params
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  const endsAt = performance.now() + ms
  for (let leftMs = ms; leftMs > 0; leftMs = endsAt - performance.now()) {
    Atomics.wait(sleeper, 0, 0, Math.min(leftMs, longestSleepMs))
    context.progress(0, 0)
  }
}
