import type { TaskOrder } from '../../contract/workerMessages.ts'
import { orderedCare } from './care.ts'
import type { JobRun } from './jobRun.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Outbox } from './outbox.ts'
import type { Slots } from './slots.ts'
import type { EngineTask } from './taskBook.ts'

/**
 * Hands tasks to workers in batches, by credit: idle workers first, and of the jobs the one whose turn it is. A worker has at most
 * one long task waiting behind the one it runs, or three batches of short ones, so that it never waits for the master. A careful task,
 * which may take its worker with it, is given to an idle worker and waits for nobody and nobody for it.
 */
export class Dispatcher {
  readonly #outbox: Outbox
  readonly #lifecycle: Lifecycle
  readonly #slots: Slots
  readonly #cores: number
  /** Slots above this number get no new tasks; what they have they finish. */
  limit = Number.POSITIVE_INFINITY

  constructor(parts: { outbox: Outbox; lifecycle: Lifecycle; slots: Slots; cores: number }) {
    this.#outbox = parts.outbox
    this.#lifecycle = parts.lifecycle
    this.#slots = parts.slots
    this.#cores = parts.cores
  }

  /** Until every worker has its fill or no job has a task to give. */
  dispatch(runs: ReadonlyMap<number, JobRun>): void {
    for (let given = true; given;) {
      given = false
      for (const slot of this.#slots.byLoad()) if (slot <= this.limit) given = this.#feed(slot, runs) || given
    }
  }

  #feed(slot: number, runs: ReadonlyMap<number, JobRun>): boolean {
    const load = this.#slots.load(slot)
    if (this.#slots.isCareful(slot)) return false
    for (const run of chooseRuns(runs.values(), { slot, cores: this.#cores })) {
      // It is let run empty: what may take its worker with it goes there alone.
      if (load > 0 && run.tasks.wantsIdleWorker(this.#outbox.now)) return false
      if (load >= run.credit) continue
      const tasks = run.take(this.#outbox.now, Math.min(run.job.workers ?? this.#cores, this.#slots.count, this.limit))
      if (tasks.length === 0) continue
      this.#give(slot, run, tasks)
      return true
    }
    return false
  }

  #give(slot: number, run: JobRun, tasks: EngineTask[]): void {
    const [first] = tasks
    if (first === undefined) return
    this.#lifecycle.start(run)
    for (const task of tasks) {
      run.tasks.start(task, slot)
      run.attempts += 1
      this.#slots.give(slot, { job: run.number, task, attempt: task.attempt })
    }
    const started = tasks.map(({ seq, attempt }) => ({ seq, attempt }))
    this.#outbox.record({ type: 'tasksStarted', job: run.number, worker: slot, at: this.#outbox.now, tasks: started })
    this.#outbox.effect({
      type: 'dispatch',
      slot,
      job: run.number,
      work: first.operation.work(first),
      tasks: tasks.map(orderOf),
    })
  }
}

function orderOf(task: EngineTask): TaskOrder {
  const { seq, attempt, from, to } = task
  return { seq, attempt, from, to, ...task.operation.order(task), ...orderedCare(task.care) }
}

/** The jobs that a worker may work for: higher priority first, then the one that has fewest workers now, then the older one. */
export function chooseRuns(runs: Iterable<JobRun>, at: { slot: number; cores: number }): JobRun[] {
  return [...runs]
    .filter(
      (run) =>
        (run.state === 'queued' || run.state === 'running') && run.result === null && !run.stale && mayUse(run, at),
    )
    .toSorted(
      (one, other) =>
        other.job.priority - one.job.priority || one.tasks.slots - other.tasks.slots || one.number - other.number,
    )
}

function mayUse(run: JobRun, at: { slot: number; cores: number }): boolean {
  return run.tasks.isOn(at.slot) || run.tasks.slots < (run.job.workers ?? at.cores)
}
