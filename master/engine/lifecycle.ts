import type { JobError } from '../../contract/job.ts'
import type { Json } from '../../contract/json.ts'
import type { Transition } from '../../contract/ledger.ts'
import { assertAllowed, finalJobStates, type JobState, jobTransitions } from '../../contract/transitions.ts'
import type { JobRun } from './jobRun.ts'
import type { Outbox } from './outbox.ts'

/** How long a cancelled job's running tasks may go on before they are told to stop. */
const drainMs = 5000

/** Moves jobs along the arrows of contract/transitions.ts; nothing else changes a job's state. */
export class Lifecycle {
  readonly #outbox: Outbox
  readonly #runs: Map<number, JobRun>

  constructor(outbox: Outbox, runs: Map<number, JobRun>) {
    this.#outbox = outbox
    this.#runs = runs
  }

  move(run: JobRun, to: JobState, fields: Extract<Transition, { type: 'jobMoved' }>['fields'] = {}): void {
    const at = this.#outbox.now
    assertAllowed(jobTransitions, { from: run.state, to }, `job ${run.job.id}`)
    const started = to === 'running' && run.startedAt === null ? { startedAt: at } : {}
    if (to === 'running') run.startedAt ??= at
    if (to === 'cancelling') run.drainUntil = at + drainMs
    this.#outbox.record({
      type: 'jobMoved',
      job: run.number,
      from: run.state,
      to,
      at,
      fields: { ...started, ...fields },
    })
    run.state = to
    this.#outbox.effect({ type: 'changed', job: run.number })
  }

  start(run: JobRun): void {
    if (run.state !== 'queued') return
    this.move(run, 'running')
    this.#outbox.tell(run.number, 'started', 'Started.')
  }

  succeed(run: JobRun, result: Json): void {
    this.#runBriefly(run)
    this.move(run, 'succeeded', { result, ...this.#ending(run) })
    const rejects = run.rejects.count
    const rejected = rejects === 0 ? '' : ` ${rejects} ${rejects === 1 ? 'record was' : 'records were'} set aside.`
    this.#outbox.tell(run.number, 'succeeded', `Finished: ${run.succeeded} tasks.${rejected}`)
    this.#end(run)
  }

  /** A job that is being cancelled fails no more: it is cancelled, at once when nothing is left that could end it. */
  fail(run: JobRun, error: JobError): void {
    if (run.state === 'cancelling') {
      if (run.result !== null) this.cancelled(run)
      return
    }
    this.#runBriefly(run)
    this.move(run, 'failed', { error, ...this.#ending(run) })
    this.#outbox.tell(run.number, 'failed', `Failed: ${error.message}.`)
    this.#end(run)
  }

  cancelled(run: JobRun): void {
    this.move(run, 'cancelled', this.#ending(run))
    this.#outbox.tell(run.number, 'cancelled', 'Cancelled: what was finished is kept.')
    this.#end(run)
  }

  /** A job that is being cancelled waits for its running tasks, for a while. */
  drain(run: JobRun): void {
    if (run.state !== 'cancelling') return
    if (run.tasks.running === 0 && run.result === null) return this.cancelled(run)
    if (run.drainUntil === 0 || this.#outbox.now < run.drainUntil) return
    run.drainUntil = 0
    this.#stopTasks(run)
  }

  /** A job that ends by itself before it was started, or while paused, ran for a moment. */
  #runBriefly(run: JobRun): void {
    if (run.state === 'queued' || run.state === 'paused') this.move(run, 'running')
  }

  #ending(run: JobRun): { finishedAt: number; planMs: number } {
    return { finishedAt: this.#outbox.now, planMs: run.planMs }
  }

  #stopTasks(run: JobRun): void {
    for (const slot of new Set([...run.tasks.runningTasks()].map((task) => task.slot ?? -1)))
      this.#outbox.effect({ type: 'cancelTasks', slot, job: run.number })
  }

  /** Nothing of a job in a final state stays in memory, and what still runs is told to stop. */
  #end(run: JobRun): void {
    if (!finalJobStates.has(run.state)) return
    if (run.state !== 'succeeded')
      this.#outbox.record({ type: 'tasksCancelled', job: run.number, at: this.#outbox.now })
    this.#stopTasks(run)
    this.#runs.delete(run.number)
    this.#outbox.effect({ type: 'ended', run, state: run.state, partial: run.partial })
  }
}
