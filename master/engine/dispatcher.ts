import { offerFor, type WorkerOffer } from '../../contract/needs.ts'
import type { TaskOrder } from '../../contract/workerMessages.ts'
import { orderedCare } from './care.ts'
import type { JobRun } from './jobRun.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Outbox } from './outbox.ts'
import type { Room } from './room.ts'
import type { Slots } from './slots.ts'
import type { EngineTask, Wanted } from './taskBook.ts'

/**
 * Hands tasks to workers in batches, by credit: idle workers first, and of the jobs the one whose turn it is. A worker that computes has at
 * most one long task waiting behind the one it runs, or three batches of short ones, so that it never waits for the master; one that waits
 * for others has all of its tasks under way at once. A careful task, which may take its worker with it, is given to an idle worker and
 * waits for nobody and nobody for it.
 *
 * What a task needs beyond a worker (room.ts says whether it is there) holds up its own job, and what comes after it in turn and needs
 * the same: so a large task is not passed by small ones for ever.
 */
export class Dispatcher {
  readonly #outbox: Outbox
  readonly #lifecycle: Lifecycle
  readonly #slots: Slots
  readonly #room: Room
  readonly #cores: number
  #ioWanted = false
  /** Slots above this number get no new tasks; what they have they finish. It is about those that compute. */
  limit = Number.POSITIVE_INFINITY

  constructor(parts: { outbox: Outbox; lifecycle: Lifecycle; slots: Slots; room: Room; cores: number }) {
    this.#outbox = parts.outbox
    this.#lifecycle = parts.lifecycle
    this.#slots = parts.slots
    this.#room = parts.room
    this.#cores = parts.cores
  }

  /** Until every worker has its fill or no job has a task to give. */
  dispatch(runs: ReadonlyMap<number, JobRun>): void {
    this.#wantIo(runs)
    for (let given = true; given;) {
      given = false
      this.#room.begin()
      for (const slot of this.#slots.byLoad()) if (this.#isInUse(slot)) given = this.#feed(slot, runs) || given
    }
  }

  #isInUse(slot: number): boolean {
    return slot <= this.limit || this.#slots.offer(slot) === 'io'
  }

  /** A worker for tasks that wait is there while a job has such tasks. */
  #wantIo(runs: ReadonlyMap<number, JobRun>): void {
    const wanted = [...runs.values()].some((run) => run.wantsIo)
    if (wanted === this.#ioWanted) return
    this.#ioWanted = wanted
    this.#outbox.effect({ type: 'wantIo', wanted })
  }

  #feed(slot: number, runs: ReadonlyMap<number, JobRun>): boolean {
    const offer = this.#slots.offer(slot)
    const load = this.#slots.load(slot)
    if (this.#slots.isCareful(slot)) return false
    let isFirst = true
    for (const run of chooseRuns(runs.values(), { slot, offer, cores: this.#cores })) {
      const wanted: Wanted = {
        now: this.#outbox.now,
        offer,
        mayStart: (stage, needs) => this.#room.has(run, { stage, needs, slot }),
      }
      // It is let run empty: what may take its worker with it goes there alone.
      if (load > 0 && run.tasks.wantsIdleWorker(wanted)) return false
      if (load >= run.credit(offer)) {
        isFirst = false
        continue
      }
      const tasks = run.take({ ...wanted, workers: this.#workersOf(run, offer) })
      if (tasks.length > 0) {
        this.#give(slot, run, tasks)
        return true
      }
      // Only whoever comes first in turn may keep anything from others.
      const heldUp = isFirst ? run.tasks.heldUp(wanted) : undefined
      if (heldUp !== undefined) this.#room.holdUp(run, heldUp)
    }
    return false
  }

  #workersOf(run: JobRun, offer: WorkerOffer): number {
    const there = this.#slots.count(offer)
    return offer === 'io' ? there : Math.min(run.job.workers ?? this.#cores, there, this.limit)
  }

  #give(slot: number, run: JobRun, tasks: EngineTask[]): void {
    const [first] = tasks
    if (first === undefined) return
    this.#lifecycle.start(run)
    for (const task of tasks) {
      this.#room.given(task)
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
      together: offerFor(first.needs) === 'io',
      memoryBytes: this.#slots.memoryOf(slot),
    })
  }
}

function orderOf(task: EngineTask): TaskOrder {
  const { seq, attempt, from, to } = task
  return { seq, attempt, from, to, ...task.operation.order(task), ...orderedCare(task.care) }
}

/** Where a task would go. */
interface Place {
  slot: number
  offer: WorkerOffer
  cores: number
}

/** The jobs that a worker may work for: higher priority first, then the one that has fewest workers now, then the older one. */
export function chooseRuns(runs: Iterable<JobRun>, at: Place): JobRun[] {
  return [...runs]
    .filter((run) => run.takesWork && mayUse(run, at))
    .toSorted(
      (one, other) =>
        other.job.priority - one.job.priority || shareOf(one, at) - shareOf(other, at) || one.number - other.number,
    )
}

/** What jobs share: workers that compute, and the tasks that are under way with those that wait. */
function shareOf(run: JobRun, { offer }: Place): number {
  return offer === 'io' ? run.tasks.runningFor('io') : run.tasks.slots('cpu')
}

function mayUse(run: JobRun, { slot, offer, cores }: Place): boolean {
  if (offer === 'io') return run.wantsIo
  return run.tasks.isOn(slot) || run.tasks.slots('cpu') < (run.job.workers ?? cores)
}
