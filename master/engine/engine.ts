import { type CommandResult, refuse, succeed } from '../../contract/commandError.ts'
import { crashPoint } from '../../contract/crashPoint.ts'
import { Bug } from '../../contract/invariant.ts'
import type { Crumb } from '../../contract/crumb.ts'
import type { NewJob } from '../../contract/job.ts'
import type { Json } from '../../contract/json.ts'
import type { LedgerJob, LedgerTask, Transition } from '../../contract/ledger.ts'
import type { Artifact, Loss, Outcome } from '../../contract/outcome.ts'
import type { WorkerOffer } from '../../contract/needs.ts'
import type { OpenEnd } from '../../contract/open.ts'
import type { Plan } from '../../contract/plan.ts'
import type { JobState } from '../../contract/transitions.ts'
import type { Kept } from './adoption.ts'
import { culpritOf } from './culprit.ts'
import { Dispatcher } from './dispatcher.ts'
import { type Figures, figuresOf } from './figures.ts'
import { JobRun } from './jobRun.ts'
import { Lifecycle } from './lifecycle.ts'
import { InputEndedEarly } from './openPlan.ts'
import { Outbox, type Step } from './outbox.ts'
import { Outcomes } from './outcomes.ts'
import { PlanChanged } from './planRunner.ts'
import { Room } from './room.ts'
import { type InFlight, Slots, wereTogether } from './slots.ts'
import { durationText } from './durationText.ts'
import { type JobVerb, targetOf, verbs } from './verbs.ts'
import { whatItWaitsFor } from './waits.ts'

export interface EngineOptions {
  plans: readonly Plan[]
  /** 16 bytes of SHA-256, in hex. */
  hash: (text: string) => string
  /** Joins an output folder and a file's name. */
  join: (folder: string, name: string) => string
  /** Monotonic milliseconds, for durations. */
  clock: () => number
  /** In [0, 1): spreads retries. */
  random: () => number
  /** How many workers a job that asks for no number may use. */
  cores: number
  /** What tasks that say how much memory they take may take together. */
  memoryBytes: number
  /** What the worker in this slot noted last of its work for the job; null when it noted nothing. Asked once it is gone. */
  crumb: (job: NewJob, slot: number) => Crumb | null
}

/**
 * Decides: which jobs run, which tasks each worker gets, what becomes of each outcome. It holds every unfinished job in memory and is
 * told of what happened; `step` then says what to write and what to do. It reads no clock, no file and no database of its own, and
 * nothing it decides is carried out or announced before its transitions are committed.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #runs = new Map<number, JobRun>()
  readonly #slots = new Slots()
  /** Jobs whose plan may be able to go on. */
  readonly #stirred = new Set<JobRun>()
  readonly #outbox = new Outbox()
  readonly #lifecycle = new Lifecycle(this.#outbox, this.#runs)
  readonly #outcomes: Outcomes
  readonly #room: Room
  readonly #dispatcher: Dispatcher

  constructor(options: EngineOptions) {
    this.#options = options
    this.#outcomes = new Outcomes(this.#outbox, this.#lifecycle, options.random)
    this.#room = new Room(this.#slots, options.memoryBytes)
    this.#dispatcher = new Dispatcher({
      outbox: this.#outbox,
      lifecycle: this.#lifecycle,
      slots: this.#slots,
      room: this.#room,
      cores: options.cores,
    })
  }

  /** Unfinished jobs, by number. */
  get runs(): ReadonlyMap<number, JobRun> {
    return this.#runs
  }

  /** `kept` is what an earlier job has done of it. */
  submit(job: NewJob, now: number, kept: Kept | null = null): void {
    this.#outbox.now = now
    this.#outbox.record({ type: 'jobMade', job })
    const run = this.#addRun(job)
    if (kept !== null) run.adopt(kept)
    this.#outbox.tell(run.number, 'queued', `Queued: ${run.plan.kind.title}${inputsText(job)}.`)
    if (kept !== null && kept.tasks.length > 0)
      this.#outbox.tell(run.number, 'note', `${kept.tasks.length} tasks of the earlier job are kept.`)
  }

  /** Takes up a job of the ledger, after a master has gone. */
  restore(ledger: LedgerJob, now: number): void {
    this.#outbox.now = now
    const run = this.#addRun(ledger.job)
    run.restore(ledger)
    run.onRecord = figuresOf(run)
    if (ledger.startedAt === null) return
    this.#outbox.tell(ledger.job.number, 'recovered', `Taken up again: ${keptText(ledger)}.`)
  }

  /** Takes a job up anew that the ledger knows better than memory does: a part of it had been lost. */
  reload(ledger: LedgerJob, recomputed: number, now: number): void {
    this.#outbox.now = now
    const run = this.#addRun(ledger.job)
    run.restore(ledger)
    run.onRecord = figuresOf(run)
    run.recomputed = recomputed
  }

  /** A failed or cancelled job goes on with its unfinished tasks; `ledger` is how it stands. */
  retry(ledger: LedgerJob, now: number): void {
    this.#outbox.now = now
    const job = ledger.job.number
    this.#outbox.record({
      type: 'jobMoved',
      job,
      from: ledger.state,
      to: 'queued',
      at: now,
      fields: { finishedAt: null, error: null },
    })
    this.#outbox.record({ type: 'tasksRevived', job })
    // A person's wish is a new beginning: what happened before is on record, but held against no task.
    this.#addRun(ledger.job).restore({ ...ledger, state: 'queued', ended: [] })
    this.#outbox.tell(job, 'retriedByPerson', `Asked to try again: ${keptText(ledger)}.`)
  }

  /** At most so many workers get new tasks; null lifts it. */
  limitWorkers(count: number | null): void {
    this.#dispatcher.limit = count ?? Number.POSITIVE_INFINITY
  }

  /** What tasks that say how much memory they take may take together now, with what they have of it already. */
  limitMemory(bytes: number): void {
    this.#room.limitMemory(bytes)
  }

  /** What an unfinished job's tasks wait for; null when nothing holds them up. */
  waitingFor(run: JobRun, now: number): string | null {
    return whatItWaitsFor(run, { room: this.#room, slots: this.#slots, now })
  }

  /** More items of a job's open list are on disk: where each one ends. `anew`: these are all that no task has. */
  arrived(job: number, { ends, anew = false }: { ends: readonly number[]; anew?: boolean }, now: number): void {
    this.#outbox.now = now
    const run = this.#runs.get(job)
    if (run === undefined) return
    run.list.arrived(ends, anew)
    this.#stirred.add(run)
  }

  /** No more items come. The job has the input from now on that the list has become. */
  endList(job: number, end: OpenEnd, now: number): void {
    this.#outbox.now = now
    const run = this.#runs.get(job)
    if (run === undefined || run.list.end !== null) return
    run.list.end = end
    run.recheck()
    run.job.inputs = [end.input]
    this.#outbox.record({ type: 'jobChanged', job, fields: { inputs: run.job.inputs } })
    this.#outbox.tell(job, 'note', end.early === null ? 'The input has ended.' : `The input ended early: ${end.early}.`)
    this.#stirred.add(run)
  }

  /** A line of an unfinished job's story. */
  note(job: number, text: string, now: number): void {
    this.#outbox.now = now
    if (this.#runs.has(job)) this.#outbox.tell(job, 'note', text)
  }

  slotReady(slot: number, offer: WorkerOffer = 'cpu'): void {
    this.#slots.add(slot, offer)
  }

  /** The worker is gone: the task that it was at is blamed, the others are not. Of several together each is suspected. */
  slotLost(slot: number, loss: Loss, now: number): void {
    this.#outbox.now = now
    const had = this.#slots.remove(slot)
    if (wereTogether(had)) return this.#suspect(had, slot, loss)
    const culprit = culpritOf(had, (job) => this.#crumb(job, slot))
    for (const entry of had) {
      const run = this.#runs.get(entry.job)
      const task = run?.tasks.accepts(entry.task.seq, entry.attempt)
      if (run === undefined || run.stale || task === undefined) continue
      // An interruption says nothing of a task that is not known to have begun.
      const begun = entry === culprit?.entry && (culprit.known || loss.type !== 'interrupted')
      this.#outcomes.lose(run, task, { slot, loss, begun, at: begun ? culprit.at : null })
      this.#stirred.add(run)
    }
  }

  #suspect(had: readonly InFlight[], slot: number, loss: Loss): void {
    for (const [job, entries] of Map.groupBy(had, (entry) => entry.job)) {
      const run = this.#runs.get(job)
      if (run === undefined || run.stale) continue
      const tasks = entries.flatMap((entry) => run.tasks.accepts(entry.task.seq, entry.attempt) ?? [])
      this.#outcomes.loseTogether(run, tasks, { slot, loss })
      this.#stirred.add(run)
    }
  }

  outcomes(
    from: { slot: number; job: number; now: number },
    told: readonly { seq: number; attempt: number; outcome: Outcome }[],
  ): void {
    this.#outbox.now = from.now
    for (const { seq, attempt } of told) this.#slots.answered(from.slot, from.job, { seq, attempt })
    const run = this.#runs.get(from.job)
    if (run === undefined || run.stale) return
    const known = told.flatMap(({ seq, attempt, outcome }) => {
      const task = run.tasks.accepts(seq, attempt)
      return task === undefined ? [] : [{ task, attempt, outcome }]
    })
    this.#outcomes.take(run, from.slot, known)
    this.#stirred.add(run)
  }

  command(job: number, verb: JobVerb, now: number): CommandResult<null> {
    this.#outbox.now = now
    const run = this.#runs.get(job)
    if (run === undefined)
      return refuse('wrong-state', `cannot ${verbs[verb].words} the job: it has ended`, 'retry or rerun it instead')
    if (run.stale)
      return refuse(
        'unavailable',
        `cannot ${verbs[verb].words} ${run.job.name} while it is taken up again`,
        'try again in a moment',
      )
    const target = targetOf(verb, run.state, run.startedAt !== null)
    if (target === null) return refuse('wrong-state', `cannot ${verbs[verb].words} ${run.job.name}: it is ${run.state}`)
    this.#outbox.tell(run.number, verbs[verb].event, verbs[verb].story)
    if (target === 'cancelled') this.#lifecycle.cancelled(run)
    else this.#lifecycle.move(run, target)
    this.#stirred.add(run)
    return succeed(null)
  }

  /** Name, note, tags and the like of an unfinished job. */
  change(job: number, fields: Partial<NewJob>): void {
    const run = this.#runs.get(job)
    if (run !== undefined) Object.assign(run.job, fields)
  }

  /** The inputs are still what they were, this is the result, and what was set aside, if anything was, stands in a file. */
  complete(job: number, done: { result: Json; rejects: Artifact | null }, now: number): void {
    this.#outbox.now = now
    const run = this.#runs.get(job)
    if (run === undefined) return
    if (done.rejects !== null) this.#outbox.record({ type: 'artifactMade', job, artifact: done.rejects })
    this.#lifecycle.succeed(run, done.result)
  }

  /** Something that no task can mend has gone wrong with the job. */
  fail(job: number, error: { code: string; message: string }, now: number): void {
    this.#outbox.now = now
    const run = this.#runs.get(job)
    if (run !== undefined) this.#lifecycle.fail(run, { ...error, task: null })
  }

  /** Lets plans go on, hands out tasks, and gives back what is to be written and done; null when there is nothing. */
  step(now: number): Step | null {
    this.#outbox.now = now
    const stirred = [...this.#stirred]
    this.#stirred.clear()
    for (const run of stirred) this.#advance(run)
    for (const run of this.#runs.values()) this.#lifecycle.drain(run)
    this.#dispatcher.dispatch(this.#runs)
    const decided = this.#outbox.take()
    return decided === null ? null : { ...decided, figures: this.#figuresAfter(decided.transitions) }
  }

  #figuresAfter(transitions: readonly Transition[]): Map<JobRun, Figures> {
    const figures = new Map<JobRun, Figures>()
    for (const transition of transitions) {
      const run = this.#runs.get(transition.type === 'jobMade' ? transition.job.number : transition.job)
      if (run !== undefined && !figures.has(run)) figures.set(run, figuresOf(run))
    }
    return figures
  }

  #crumb(job: number, slot: number): Crumb | null {
    const run = this.#runs.get(job)
    return run === undefined ? null : this.#options.crumb(run.job, slot)
  }

  /** Why a job of the ledger can no longer be run here, or null: its kind is gone or takes other params now. */
  obstacleTo({ kind, params }: Pick<NewJob, 'kind' | 'params'>): string | null {
    const plan = this.#options.plans.find((each) => each.kind.id === kind)
    if (plan === undefined) return `this Gristmill has no kind called ${kind}`
    return plan.kind.params.safeParse(params).success ? null : `kind ${kind} no longer takes its params`
  }

  /** A job of the ledger that can no longer be run here fails, or ends as cancelled when it was about to. */
  abandon(ledger: LedgerJob, obstacle: string, now: number): void {
    this.#outbox.now = now
    const job = ledger.job.number
    const move = (from: JobState, to: JobState, fields: object = {}) =>
      this.#outbox.record({ type: 'jobMoved', job, from, to, at: now, fields })
    if (ledger.state === 'queued' || ledger.state === 'paused')
      move(ledger.state, 'running', { startedAt: ledger.startedAt ?? now })
    const from = ledger.state === 'cancelling' ? 'cancelling' : 'running'
    const error = { code: 'plan-changed', message: obstacle, task: null }
    move(from, from === 'cancelling' ? 'cancelled' : 'failed', {
      finishedAt: now,
      ...(from === 'cancelling' ? {} : { error }),
    })
    this.#outbox.record({ type: 'tasksCancelled', job, at: now })
    this.#outbox.tell(job, 'failed', `Failed: ${obstacle}.`)
  }

  #addRun(job: NewJob): JobRun {
    const plan = this.#options.plans.find((each) => each.kind.id === job.kind)
    if (plan === undefined) throw new Bug(`no plan for kind ${job.kind}`)
    const { hash, join } = this.#options
    const run = new JobRun({ plan, job, hash, join, record: (transition) => this.#outbox.record(transition) })
    this.#runs.set(run.number, run)
    this.#stirred.add(run)
    if (job.workers !== null) this.#outbox.effect({ type: 'wantWorkers', count: job.workers })
    return run
  }

  #advance(run: JobRun): void {
    if (!this.#runs.has(run.number) || run.result !== null) return
    if (run.unknown !== null) {
      const message = `task ${run.unknown} was cut off while it ran, and nobody knows how far it had come`
      return this.#lifecycle.fail(run, { code: 'outcome-unknown', message, task: run.unknown })
    }
    const before = this.#options.clock()
    const error = caught(() => {
      if (run.advance()) this.#stirred.add(run)
    })
    run.planMs += this.#options.clock() - before
    if (run.listSettled) this.#outbox.effect({ type: 'listSettled', job: run.number })
    run.listSettled = false
    crashPoint('plan-made')
    if (error !== null) return this.#lifecycle.fail(run, { ...error, task: null })
    this.#outbox.effect({ type: 'changed', job: run.number })
    this.#complete(run)
  }

  #complete(run: JobRun): void {
    const { result } = run
    if (result === null) return
    const isPlain = result.ref === undefined && run.inputs.length === 0 && run.rejects.count === 0
    if (isPlain) this.#lifecycle.succeed(run, result.value ?? null)
    else this.#outbox.effect({ type: 'conclude', job: run.number, answer: result })
  }
}

/** A plan is a kind's code: what it throws fails its job and nothing else. */
function caught(advance: () => void): { code: string; message: string } | null {
  try {
    advance()
    return null
  } catch (error) {
    if (error instanceof Bug) throw error
    return {
      code: codeOf(error),
      message: error instanceof Error ? error.message : String(error),
    }
  }
}

function codeOf(error: unknown): string {
  if (error instanceof InputEndedEarly) return 'input-ended-early'
  return error instanceof PlanChanged ? 'plan-changed' : 'plan-failed'
}

/** What a job need not do again. */
function keptText(ledger: LedgerJob): string {
  const kept = ledger.tasks.filter((task) => task.state === 'succeeded')
  const ms = kept.reduce((sum, { startedAt, finishedAt }) => sum + ((finishedAt ?? 0) - (startedAt ?? 0)), 0)
  const count = (tasks: readonly LedgerTask[]) => tasks.reduce((sum, task) => sum + task.count, 0)
  return `${count(kept)} of ${count(ledger.tasks)} tasks kept, ${durationText(ms)} of work`
}

function inputsText(job: NewJob): string {
  const [first] = job.inputs
  if (first === undefined) return ''
  return job.inputs.length === 1 ? ` of ${first.name}` : ` of ${job.inputs.length} files`
}
