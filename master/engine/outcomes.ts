import type { FinishedTask } from '../../contract/ledger.ts'
import { type Loss, type Outcome, type RecordPlace, writerOf } from '../../contract/outcome.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import { endedAttempt, interruptedAttempt, succeededAttempt } from './endedAttempt.ts'
import type { JobRun } from './jobRun.ts'
import { judgedOf } from './judged.ts'
import type { Lifecycle } from './lifecycle.ts'
import { ActiveOpen } from './operations/openOperation.ts'
import type { Outbox } from './outbox.ts'
import { type Failure, failureMessage, isDeath, judgeFailure, mayPass, outcomeOf, type Verdict } from './retry.ts'
import type { EngineTask } from './taskBook.ts'

/** Lost parts of one job that are computed again; with more the disk is not to be trusted. */
const mostRecomputed = 100

type Success = Extract<Outcome, { type: 'succeeded' }>

/** What an attempt that did not succeed is known by. */
export interface Ended {
  slot: number
  failure: Failure
  startedAt: number | null
  /** The record that it was at. */
  at: RecordPlace | null
}

/** What became of a task whose worker is gone. */
export interface Lost {
  slot: number
  loss: Loss
  /** Whether the worker had begun it. */
  begun: boolean
  at: RecordPlace | null
}

/** Turns what became of attempts into what becomes of their tasks: finished, tried again, cut in two, or the end of the job. */
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
      if (outcome.type === 'succeeded') finished.push(this.#succeed(run, task, { slot, attempt, outcome }))
      else if (outcome.type === 'failed')
        failed.push(() =>
          this.#fail(run, task, { slot, failure: outcome, startedAt: outcome.startedAt, at: outcome.at ?? null }),
        )
      else this.giveBack(run, task)
    }
    if (finished.length > 0)
      this.#outbox.record({ type: 'tasksFinished', job: run.number, worker: slot, tasks: finished })
    // Failures last: one may end the job, and what else was told in the same breath is kept.
    for (const fail of failed) if (!finalJobStates.has(run.state) && !run.stale) fail()
    this.#limitRejects(run, null)
  }

  /** Its worker is gone. Only the task that it was at is blamed. */
  lose(run: JobRun, task: EngineTask, { slot, loss, begun, at }: Lost): void {
    if (run.state === 'cancelling') return this.#leave(run, task, { begun })
    if (loss.type !== 'interrupted' && begun) {
      this.#outbox.tell(run.number, 'workerLost', `Worker ${slot} was lost: ${failureMessage(loss)}.`)
      return this.#fail(run, task, { slot, failure: loss, startedAt: null, at })
    }
    if (!begun) return this.giveBack(run, task)
    this.#outbox.record({
      type: 'attemptEnded',
      job: run.number,
      attempt: interruptedAttempt(task, slot, this.#outbox.now),
    })
    if (run.mayRerun) return this.giveBack(run, task)
    this.#end(run, task, slot)
    const message = `${nameOf(task)} was interrupted, and nobody knows how far it had come`
    this.#lifecycle.fail(run, { code: 'outcome-unknown', message, task: task.seq })
  }

  /**
   * Their worker is gone while it was at all of them: nobody knows which one it died of, or whether of any. None is blamed; each is tried
   * again with nothing beside it, so that the next death tells.
   */
  loseTogether(run: JobRun, tasks: readonly EngineTask[], { slot, loss }: { slot: number; loss: Loss }): void {
    if (loss.type !== 'interrupted' && run.state !== 'cancelling' && tasks.length > 0)
      this.#outbox.tell(
        run.number,
        'workerLost',
        `Worker ${slot} was lost at ${tasks.length} tasks: ${failureMessage(loss)}. Each is tried again by itself.`,
      )
    for (const task of tasks) {
      if (finalJobStates.has(run.state)) return
      if (loss.type !== 'interrupted') task.care = { ...task.care, careful: true }
      this.lose(run, task, { slot, loss: { type: 'interrupted' }, begun: true, at: null })
    }
  }

  /** Back to pending without blame. */
  giveBack(run: JobRun, task: EngineTask, notBefore = 0): void {
    run.tasks.giveBack(task, notBefore)
    this.#outbox.record({ type: 'tasksReturned', job: run.number, tasks: [{ seq: task.seq, fence: task.fence }] })
  }

  /**
   * An attempt has ended without success while its job is being cancelled: the task waits for that, or for the cancelling to be undone.
   * One of which nobody knows how far it came, and which may not be done again, stays as it was begun: an undone job fails by it.
   */
  #leave(run: JobRun, task: EngineTask, { begun }: { begun: boolean }): void {
    if (run.mayRerun || !begun) return this.giveBack(run, task)
    run.tasks.end(task)
    run.unknown = task.seq
  }

  #succeed(
    run: JobRun,
    task: EngineTask,
    { slot, attempt, outcome }: { slot: number; attempt: number; outcome: Success },
  ): FinishedTask {
    const first = run.succeeded === 0
    run.succeed(task, outcome)
    if (first) this.#outbox.tell(run.number, 'firstResult', 'The first task is finished.')
    if (outcome.told !== undefined) this.#outbox.tell(run.number, 'note', outcome.told)
    if (attempt > 1)
      this.#outbox.record({
        type: 'attemptEnded',
        job: run.number,
        attempt: succeededAttempt(task, slot, { ...outcome, attempt }),
      })
    if (outcome.artifact !== undefined)
      this.#outbox.record({ type: 'artifactMade', job: run.number, artifact: outcome.artifact })
    if (task.operation instanceof ActiveOpen)
      this.#outbox.effect({ type: 'answered', job: run.number, from: task.from, to: task.to, answer: outcome.answer })
    const rejects = this.#setAside(run, task.seq, outcome)
    const { answer, startedAt, finishedAt, cpuMs, tailRows } = outcome
    const { bytes, rows } = task.operation.secondary ? { bytes: 0, rows: 0 } : outcome
    const spent = { startedAt, finishedAt, cpuMs, bytes, rows, tailRows, rejects }
    return { seq: task.seq, attempt, state: 'succeeded', answer, ...spent }
  }

  #setAside(run: JobRun, seq: number, outcome: Success): number {
    const records = outcome.rejects ?? []
    const count = outcome.rejectedCount ?? records.length
    if (count === 0) return 0
    if (run.rejects.count === 0)
      this.#outbox.tell(
        run.number,
        'setAside',
        `Records are set aside, the first one because: ${records[0]?.reason ?? 'not told'}.`,
      )
    run.rejects.add(records, count)
    this.#outbox.record({ type: 'rejected', job: run.number, seq, records })
    return count
  }

  /** Ends a job that sets more records aside than it may. The blamed ones of `task` are sure to follow. */
  #limitRejects(run: JobRun, task: EngineTask | null): void {
    if (finalJobStates.has(run.state)) return
    const blamed = task === null ? 0 : task.care.skip.length + (task.care.leaveOut === null ? 0 : 1)
    const complaint = run.rejects.complaint({ most: run.job.maxRejects, rows: run.rowsDone }, blamed)
    if (complaint !== null)
      this.#lifecycle.fail(run, { code: 'too-many-rejects', message: complaint, task: task?.seq ?? null })
  }

  #fail(run: JobRun, task: EngineTask, ended: Ended): void {
    const lost = ended.failure.type === 'failed' ? ended.failure.lost : undefined
    if (lost !== undefined && run.recomputed < mostRecomputed && isLeftByAnother(run, task, lost))
      return this.#recompute(run, task, lost)
    if (lost !== undefined && run.recomputed < mostRecomputed && isOwnCopy(run, lost)) return this.#copyAgain(run, task)
    const { now } = this.#outbox
    this.#outbox.record({ type: 'attemptEnded', job: run.number, attempt: endedAttempt(task, ended, now) })
    if (run.state === 'cancelling') return this.#leave(run, task, { begun: isDeath(ended.failure) })
    const judged = { ...judgedOf(task, run.mayRerun), at: ended.at }
    const verdict = judgeFailure(ended.failure, judged, this.#random())
    if (isDeath(ended.failure)) task.deaths += 1
    else if (mayPass(outcomeOf(ended.failure))) task.failures += 1
    this.#carryOut(run, task, { ...ended, verdict })
  }

  #carryOut(run: JobRun, task: EngineTask, { verdict, ...ended }: Ended & { verdict: Verdict }): void {
    const why = failureMessage(ended.failure)
    switch (verdict.action) {
      case 'retry':
        if (verdict.careful) task.care = { ...task.care, careful: true }
        this.#outbox.tell(run.number, 'retried', `Task ${task.seq} is tried again: ${why}.`)
        return this.giveBack(run, task, this.#outbox.now + verdict.afterMs)
      case 'leaveOut':
        return this.#leaveOut(run, task, { at: verdict.at, why })
      case 'halve':
        this.#outbox.tell(run.number, 'halved', `Task ${task.seq} (${cellsOf(task)}) is cut in two: ${why}.`)
        return run.halve(task, this.#outbox.now)
      case 'fail':
        this.#end(run, task, ended.slot)
        this.#lifecycle.fail(run, {
          code: verdict.code,
          message: storyOf(task, ended.failure, verdict),
          task: task.seq,
        })
    }
  }

  #leaveOut(run: JobRun, task: EngineTask, { at, why }: { at: RecordPlace | null; why: string }): void {
    task.care =
      at === null
        ? { ...task.care, leaveOut: why }
        : {
            ...task.care,
            careful: true,
            skip: [...task.care.skip, { input: at.input, offset: at.offset, reason: why }],
          }
    const what = at === null ? `Item ${task.from}` : `The record at ${at.offset} of ${sourceOf(run, at.input)}`
    this.#outbox.tell(run.number, 'setAside', `${what} is left out of task ${task.seq}: ${why}.`)
    this.giveBack(run, task)
    this.#limitRejects(run, task)
  }

  #end(run: JobRun, task: EngineTask, slot: number): void {
    const tasks = [this.#drop(run, task)]
    this.#outbox.record({ type: 'tasksFinished', job: run.number, worker: slot, tasks })
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

  /** An artifact's temporary file was damaged and is gone: all of its copies are made again, and nobody is blamed. */
  #copyAgain(run: JobRun, task: EngineTask): void {
    this.giveBack(run, task)
    this.#outbox.tell(run.number, 'note', 'What had been copied of an artifact was damaged: it is copied again.')
    const anew = task.operation.id
    this.#outbox.effect({ type: 'reload', job: run.number, recomputed: run.recomputed + 1, anew })
    run.stale = true
  }

  /** A running task that ends without an answer. */
  #drop(run: JobRun, task: EngineTask): FinishedTask {
    const { now } = this.#outbox
    const { seq, attempt } = task
    run.tasks.end(task)
    const nothing = { answer: null, cpuMs: 0, bytes: 0, rows: 0, tailRows: 0, rejects: 0 }
    return { seq, attempt, state: 'failed', startedAt: now, finishedAt: now, ...nothing }
  }
}

/** A name that a worker tells may be any: what no other task of the job has left cannot be computed again. */
function isLeftByAnother(run: JobRun, task: EngineTask, file: string): boolean {
  const { seq, attempt } = writerOf(file)
  const isTask = Number.isInteger(seq) && seq >= 0 && seq < run.made && seq !== task.seq
  return isTask && Number.isInteger(attempt) && attempt > 0 && !run.tasks.has(seq)
}

/** The name of a temporary artifact ends with its job's. */
function isOwnCopy(run: JobRun, file: string): boolean {
  return file.endsWith(`.${run.job.id}.part`)
}

function nameOf(task: EngineTask): string {
  return `task ${task.seq} (${cellsOf(task)})`
}

function cellsOf({ from, to, operation }: EngineTask): string {
  return `${operation.stage}, cells ${from} to ${to}`
}

/** What a task says of its own failure names what it was at; a death, or a mistake of the kind, tells nothing but whose it was. */
function storyOf(task: EngineTask, failure: Failure, { message }: { message: string }): string {
  return isDeath(failure) || outcomeOf(failure) === 'bug' ? `${nameOf(task)}: ${message}` : message
}

function sourceOf(run: JobRun, input: number): string {
  return run.inputs[input]?.name ?? 'the list'
}
