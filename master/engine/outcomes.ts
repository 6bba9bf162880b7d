import type { EndedAttempt, FinishedTask } from '../../contract/ledger.ts'
import { type Loss, type Outcome, writerOf } from '../../contract/outcome.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import type { JobRun } from './jobRun.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Outbox } from './outbox.ts'
import { type Failure, failureMessage, judgeFailure } from './retry.ts'
import type { EngineTask } from './taskBook.ts'

/** Lost parts of one job that are computed again; with more the disk is not to be trusted. */
const mostRecomputed = 100

type Success = Extract<Outcome, { type: 'succeeded' }>

/** What an attempt that did not succeed is known by. */
interface Ended {
  slot: number
  failure: Failure
  startedAt: number | null
}

/** Turns what became of attempts into what becomes of their tasks: finished, tried again, or the end of the job. */
export class Outcomes {
  readonly #outbox: Outbox
  readonly #lifecycle: Lifecycle
  readonly #random: () => number

  constructor(outbox: Outbox, lifecycle: Lifecycle, random: () => number) {
    this.#outbox = outbox
    this.#lifecycle = lifecycle
    this.#random = random
  }

  /** Takes a worker's word for running tasks of a job; what is finished is recorded as one transition. */
  take(run: JobRun, slot: number, told: readonly { task: EngineTask; attempt: number; outcome: Outcome }[]): void {
    const finished: FinishedTask[] = []
    const failed: (() => void)[] = []
    for (const { task, attempt, outcome } of told) {
      if (outcome.type === 'succeeded') finished.push(this.#succeed(run, task, { attempt, outcome }))
      else if (outcome.type === 'failed')
        failed.push(() => this.#fail(run, task, { slot, failure: outcome, startedAt: outcome.startedAt }))
      else if (run.state === 'cancelling') finished.push(this.#drop(run, task, 'cancelled'))
      else this.giveBack(run, task)
    }
    if (finished.length > 0)
      this.#outbox.record({ type: 'tasksFinished', job: run.number, worker: slot, tasks: finished })
    // Failures last: one may end the job, and what else was told in the same breath is kept.
    for (const fail of failed) if (!finalJobStates.has(run.state) && !run.stale) fail()
  }

  /** Its worker is gone. Only the task that it was at is blamed; the others had not begun. */
  lose(run: JobRun, task: EngineTask, at: { slot: number; loss: Loss }): void {
    const { slot, loss } = at
    if (run.state === 'cancelling') {
      this.#outbox.record({
        type: 'tasksFinished',
        job: run.number,
        worker: slot,
        tasks: [this.#drop(run, task, 'cancelled')],
      })
    } else if (loss.type === 'interrupted') {
      this.giveBack(run, task)
    } else {
      this.#outbox.tell(run.number, 'workerLost', `Worker ${slot} was lost: ${failureMessage(loss)}.`)
      this.#fail(run, task, { slot, failure: loss, startedAt: null })
    }
  }

  /** Back to pending without blame. */
  giveBack(run: JobRun, task: EngineTask, notBefore = 0): void {
    run.tasks.giveBack(task, notBefore)
    this.#outbox.record({ type: 'tasksReturned', job: run.number, tasks: [{ seq: task.seq, fence: task.fence }] })
  }

  #succeed(run: JobRun, task: EngineTask, { attempt, outcome }: { attempt: number; outcome: Success }): FinishedTask {
    const first = run.succeeded === 0
    run.succeed(task, outcome)
    if (first) this.#outbox.tell(run.number, 'firstResult', 'The first task is finished.')
    if (outcome.artifact !== undefined)
      this.#outbox.record({ type: 'artifactMade', job: run.number, artifact: outcome.artifact })
    const rejects = this.#setAside(run, task.seq, outcome)
    const { answer, startedAt, finishedAt, cpuMs, tailRows } = outcome
    const { bytes, rows } = task.operation.urgent ? { bytes: 0, rows: 0 } : outcome
    return {
      seq: task.seq,
      attempt,
      state: 'succeeded',
      answer,
      startedAt,
      finishedAt,
      cpuMs,
      bytes,
      rows,
      tailRows,
      rejects,
    }
  }

  #setAside(run: JobRun, seq: number, outcome: Success): number {
    const records = outcome.rejects ?? []
    const count = outcome.rejectedCount ?? records.length
    if (count === 0) return 0
    if (run.rejects === 0)
      this.#outbox.tell(
        run.number,
        'setAside',
        `Records are set aside, the first one because: ${records[0]?.reason ?? 'not told'}.`,
      )
    run.rejects += count
    this.#outbox.record({ type: 'rejected', job: run.number, seq, records })
    return count
  }

  #fail(run: JobRun, task: EngineTask, ended: Ended): void {
    if (ended.failure.type === 'failed' && ended.failure.lost !== undefined && run.recomputed < mostRecomputed)
      return this.#recompute(run, task, ended.failure.lost)
    const { now } = this.#outbox
    this.#outbox.record({ type: 'attemptEnded', job: run.number, attempt: endedAttempt(task, ended, now) })
    const verdict = judgeFailure(
      ended.failure,
      { failures: task.failures, effects: run.plan.kind.effects },
      this.#random(),
    )
    if (verdict.action === 'retry' && run.state !== 'cancelling') {
      task.failures += 1
      this.#outbox.tell(run.number, 'retried', `Task ${task.seq} is tried again: ${failureMessage(ended.failure)}.`)
      return this.giveBack(run, task, now + verdict.afterMs)
    }
    this.#outbox.record({
      type: 'tasksFinished',
      job: run.number,
      worker: ended.slot,
      tasks: [this.#drop(run, task, 'failed')],
    })
    if (verdict.action === 'fail')
      this.#lifecycle.fail(run, { code: verdict.code, message: verdict.message, task: task.seq })
  }

  /** A part that the task needs is gone: whoever made it makes it again, and nobody is blamed. The job is taken up anew from the ledger. */
  #recompute(run: JobRun, task: EngineTask, file: string): void {
    const { seq, attempt } = writerOf(file)
    this.giveBack(run, task)
    this.#outbox.record({ type: 'tasksReturned', job: run.number, tasks: [{ seq, fence: attempt + 1 }] })
    this.#outbox.tell(run.number, 'note', `What task ${seq} had left was gone: it is computed again.`)
    this.#outbox.effect({ type: 'reload', job: run.number, recomputed: run.recomputed + 1 })
    run.stale = true
  }

  /** A running task that ends without an answer. */
  #drop(run: JobRun, task: EngineTask, state: 'failed' | 'cancelled'): FinishedTask {
    const { now } = this.#outbox
    const { seq, attempt } = task
    run.tasks.end(task)
    return {
      seq,
      attempt,
      state,
      answer: null,
      startedAt: now,
      finishedAt: now,
      cpuMs: 0,
      bytes: 0,
      rows: 0,
      tailRows: 0,
      rejects: 0,
    }
  }
}

function endedAttempt(task: EngineTask, { failure, slot, startedAt }: Ended, endedAt: number): EndedAttempt {
  const told = failure.type === 'failed'
  return {
    seq: task.seq,
    attempt: task.attempt,
    worker: slot,
    startedAt,
    endedAt,
    outcome: told ? failure.code : failure.type,
    message: failureMessage(failure),
    stack: told ? (failure.stack ?? null) : null,
    exitCode: 'exitCode' in failure ? failure.exitCode : null,
    signal: 'signal' in failure ? failure.signal : null,
    peakMemoryBytes: told ? null : failure.peakMemoryBytes,
    logTail: told ? null : failure.logTail,
  }
}
