import type { RunningTask } from '../../contract/workerMessages.ts'
import { progressMark, type Verdict } from './watchdog.ts'

/** How long a worker may take to stop a task that it was told to. */
const stopMs = 5000

interface Lane {
  task: RunningTask
  mark: string
  /** Since when nothing more was done of it. */
  since: number
  /** When its worker was told to stop it. */
  toldAt: number | null
}

/** Tasks that are under way in one worker together, each with its own progress: what the watchdog looks at where one mark does not do. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()

  /** What its last heartbeat said that the worker is at. */
  heard(running: readonly RunningTask[], now: number): void {
    const keys = new Set(running.map(keyOf))
    for (const key of this.#lanes.keys()) if (!keys.has(key)) this.#lanes.delete(key)
    for (const task of running) {
      const key = keyOf(task)
      const mark = progressMark(task)
      const known = this.#lanes.get(key)
      if (known?.mark !== mark) this.#lanes.set(key, { task, mark, since: now, toldAt: null })
    }
  }

  /** Tasks that are to be told to stop now, and what becomes of a worker that did not stop one. */
  look(now: number, limitOf: (job: number) => number): { stuck: RunningTask[]; deaf: Verdict | null } {
    const stuck: RunningTask[] = []
    let deaf: Verdict | null = null
    for (const lane of this.#lanes.values()) {
      if (lane.toldAt !== null && now - lane.toldAt > stopMs) deaf = { type: 'noProgress', afterMs: now - lane.since }
      if (lane.toldAt !== null || now - lane.since <= limitOf(lane.task.job)) continue
      lane.toldAt = now
      stuck.push(lane.task)
    }
    return { stuck, deaf }
  }

  pardon(now: number): void {
    for (const lane of this.#lanes.values()) Object.assign(lane, { since: now, toldAt: null })
  }
}

function keyOf({ job, seq, attempt }: RunningTask): string {
  return `${job} ${seq} ${attempt}`
}
