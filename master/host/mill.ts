import type { WorkerInfo } from '../../contract/api.ts'
import { crashPoint } from '../../contract/crashPoint.ts'
import { assertNever, Bug } from '../../contract/invariant.ts'
import type { JobSummary, NewJob, PartialAnswer } from '../../contract/job.ts'
import type { Accepted, Transition } from '../../contract/ledger.ts'
import type { WorkerOffer } from '../../contract/needs.ts'
import type { Loss } from '../../contract/outcome.ts'
import type { Effect } from '../engine/effects.ts'
import type { Engine } from '../engine/engine.ts'
import type { JobRun } from '../engine/jobRun.ts'
import type { Step } from '../engine/outbox.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Heartbeat, WorkerOutcomes } from '../fleet/workerSlot.ts'
import type { Store } from '../store/store.ts'
import { Concluder } from './concluder.ts'
import type { WorkerLimit } from './host.ts'
import { Insistence, whyRefused } from './insist.ts'
import { LiveFeed } from './liveFeed.ts'
import { OpenLists } from './open/openLists.ts'
import type { Scratch } from './scratch.ts'
import { readToGoOn } from './takeUp.ts'
import { memoryNow, ScarcityWatch, tightRoom } from './scarcityWatch.ts'
import { Sampler } from './sampler.ts'
import { Summaries } from './summaries.ts'
import { removeTemporaries } from './temporaries.ts'

export interface MillParts {
  engine: Engine
  store: Store
  fleet: Fleet
  scratch: Scratch
  /** Where jobs without a folder of their own write: `<out>/<job id>/`. */
  out: string
  /** Where workers keep indexes for later jobs. */
  indexes: string
  log: { info(line: string): void; error(line: string): void }
  now: () => number
  /** What a person should know now. */
  tell: (sentence: string) => void
  /** Workers of the fleet when no job asks for more. */
  cores: number
  /** The store or the engine can no longer be trusted: the host says so and ends. */
  onBroken: (error: unknown) => void
}

/** What may ask for fewer workers: the machine's power and heat, or what it runs out of. */
type HoldBackSource = 'power' | 'scarcity'

/**
 * Turns the wheel: what happened goes to the engine, what the engine decides is committed, what is committed is carried out and told.
 * One turn at a time; whatever comes in during a commit is grouped into the next.
 */
export class Mill {
  readonly feed: LiveFeed
  readonly summaries: Summaries
  readonly #parts: MillParts
  readonly sampler = new Sampler()
  readonly openLists: OpenLists
  /** Jobs whose scratch folder is there. */
  readonly #scratchMade = new Set<number>()
  readonly #insistence: Insistence
  readonly #scarcity: ScarcityWatch
  readonly #concluder: Concluder
  readonly #limits = new Map<HoldBackSource, WorkerLimit>()
  #turning: Promise<void> | null = null
  #stopped = false
  #closing = false

  constructor(parts: MillParts) {
    this.#parts = parts
    this.#insistence = new Insistence({ onHeldUp: (why) => this.#heldUp(why) })
    this.summaries = new Summaries({
      underWay: (job) => this.sampler.underWay(job),
      waitingFor: (run) => parts.engine.waitingFor(run, parts.now()),
      now: parts.now,
    })
    this.#scarcity = new ScarcityWatch({
      cores: parts.cores,
      folders: () => [...parts.engine.runs.values()].flatMap((run) => this.#foldersOf(run.job)),
      now: parts.now,
      onLimit: (limit) => this.#scarce(limit),
    })
    this.openLists = new OpenLists({
      engine: parts.engine,
      valueOf: (job, answer) => parts.scratch.valueOf(job, answer),
      turn: () => this.turn(),
      now: parts.now,
      onError: (error) => parts.log.error(`an open list: ${String(error)}`),
    })
    const { store, scratch, out } = parts
    this.#concluder = new Concluder({ read: store.read, scratch, out, insistence: this.#insistence })
    this.feed = new LiveFeed({
      unfinished: () => [...parts.engine.runs.values()].flatMap((run) => this.summaries.ofRun(run) ?? []),
      summary: (job) => this.summary(job),
      workers: () => this.workers(),
    })
  }

  get scratch(): Scratch {
    return this.#parts.scratch
  }

  get engine(): Engine {
    return this.#parts.engine
  }

  /** Something may have to be done. Resolves when everything known by now is committed and carried out. */
  turn(): Promise<void> {
    this.#turning ??= this.#turnUntilStill()
    return this.#turning
  }

  /** True while the disk refuses what was decided: nothing new is taken on then. */
  get heldUp(): boolean {
    return this.#insistence.heldUp
  }

  /** The host is closing: what the disk refuses is not waited for any more. It was not announced, and the next host does it again. */
  giveUpWaiting(): void {
    this.#closing = true
    this.#insistence.giveUp()
  }

  /** No step is begun any more; resolves when the one under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#turning
    await this.#concluder.stop()
    await this.openLists.closeAll()
  }

  ready(slot: number, offer: WorkerOffer): void {
    this.engine.slotReady(slot, offer)
    void this.turn()
  }

  heard(slot: number, heartbeat: Heartbeat): void {
    this.sampler.heard(slot, heartbeat)
    if (heartbeat.running !== null) this.feed.changed(heartbeat.running.job)
  }

  finished(slot: number, job: number, outcomes: WorkerOutcomes): void {
    this.sampler.finished(
      slot,
      outcomes.reduce((sum, { outcome }) => sum + outcome.bytes, 0),
    )
    for (const { outcome } of outcomes) if (outcome.type === 'failed') this.#scarcity.refused(outcome.code)
    this.engine.outcomes({ slot, job, now: this.#parts.now() }, outcomes)
    crashPoint('outcome-heard')
    void this.turn()
  }

  lost(slot: number, loss: Loss): void {
    this.sampler.lost(slot)
    this.engine.slotLost(slot, loss, this.#parts.now())
    void this.turn()
  }

  /** Watchers will see that something about the job is new. */
  announce(job: number): void {
    this.summaries.changed(job)
    this.feed.changed(job)
  }

  /** Fewer workers get work from now on, and watchers are told why; null lifts it. Of several sources the strictest holds. */
  holdBack(limit: WorkerLimit | null, source: HoldBackSource = 'power'): void {
    if (limit === null) this.#limits.delete(source)
    else this.#limits.set(source, limit)
    const [strictest = null] = [...this.#limits.values()].toSorted((one, other) => one.workers - other.workers)
    this.engine.limitWorkers(strictest?.workers ?? null)
    this.summaries.heldBack = strictest?.why ?? null
    for (const job of this.engine.runs.keys()) this.announce(job)
    void this.turn()
  }

  /** Something that the machine is short of, or is no longer: a line in the story of every job that runs. */
  #scarce(limit: WorkerLimit | null): void {
    this.holdBack(limit, 'scarcity')
    const text = limit === null ? 'Every worker gets work again.' : `Held back: ${limit.why}.`
    for (const run of this.engine.runs.values())
      if (run.state === 'running') this.engine.note(run.number, text, this.#parts.now())
    this.#parts.log.info(text)
  }

  /** Looks whether the machine still has what work takes. */
  async lookAround(): Promise<void> {
    await this.#scarcity.look()
    // What tasks that say what they take may have now: what is free, and what workers have already.
    const workers = this.#parts.fleet.snapshot().reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
    this.engine.limitMemory(memoryNow().availableBytes + workers)
    // What a job waits for may have become something else, and nobody else would say so.
    for (const run of this.engine.runs.values())
      if (this.engine.waitingFor(run, this.#parts.now()) !== null) this.announce(run.number)
    void this.turn()
  }

  /** The job's story says when there may be too little room for it. */
  async warnOfRoom(job: NewJob): Promise<void> {
    const run = this.engine.runs.get(job.number)
    if (run === undefined) return
    const { kind } = run.plan
    const bytes = run.inputs.reduce((sum, input) => sum + input.bytes, 0)
    const warning = await tightRoom(this.#foldersOf(job), kind.room(kind.params.parse(job.params), { bytes }))
    if (warning !== null) this.engine.note(job.number, warning, this.#parts.now())
  }

  /** Lines in the ledger that no decision of the engine depends on. */
  async write(transitions: Transition[]): Promise<void> {
    if (transitions.length > 0) await this.#parts.store.commit(transitions)
  }

  /** Once a second while jobs run: what charts draw, and a sign of life to watchers of running jobs. */
  async sample(): Promise<void> {
    // Charts have a gap where the disk was full.
    if (this.heldUp) return
    const samples = this.sampler.sample(this.#parts.now())
    await this.write([...samples].map(([job, each]) => ({ type: 'sampled', job, samples: each })))
  }

  async summary(job: number): Promise<JobSummary | null> {
    const run = this.engine.runs.get(job)
    const summary = run === undefined ? null : this.summaries.ofRun(run)
    if (summary !== null) return summary
    const stored = await this.#parts.store.read.byNumber(job)
    return stored === null ? null : this.summaries.ofStored(stored)
  }

  workers(): WorkerInfo[] {
    return this.#parts.fleet.snapshot().map(({ job, peakMemoryBytes: _, ...worker }) => ({
      ...worker,
      jobId: job === null ? null : (this.engine.runs.get(job)?.job.id ?? null),
    }))
  }

  /** The newest merged answer in the result's own form. Null when there is none, or when its file is just being replaced. */
  async partial(run: JobRun, partial = run.partial): Promise<PartialAnswer | null> {
    if (partial === null) return null
    try {
      const merged = await this.#parts.scratch.valueOf(run.job, partial.answer)
      const params = run.plan.kind.params.parse(run.job.params)
      return { result: run.plan.partialResult(merged, params), coverage: partial.coverage }
    } catch (error) {
      this.#parts.log.error(`partial answer of job ${run.job.id}: ${String(error)}`)
      return null
    }
  }

  /** Where the job writes. */
  #foldersOf(job: NewJob): string[] {
    const scratch = this.#parts.scratch.folder(job)
    return job.outDir === null ? [scratch] : [scratch, job.outDir]
  }

  async #turnUntilStill(): Promise<void> {
    // Not before `turn` has kept this promise: it must find it gone once the wheel stands still.
    await Promise.resolve()
    try {
      for (let step = this.#step(); step !== null; step = this.#step()) await this.#finish(step)
    } catch (error) {
      this.#broken(error)
    } finally {
      this.#turning = null
    }
  }

  #isPutOff(error: unknown): boolean {
    return this.#closing && whyRefused(error) !== null
  }

  #broken(error: unknown): void {
    this.#stopped = true
    if (this.#isPutOff(error)) this.#parts.log.error(`closing without what could not be written: ${String(error)}`)
    else this.#parts.onBroken(error)
  }

  /** Told at once, and in the jobs' own words for as long as it lasts. */
  #heldUp(why: string | null): void {
    this.#parts.tell(why === null ? 'the disk takes writes again: going on' : `cannot write now; waiting for ${why}`)
    this.summaries.heldUp = why
    for (const job of this.engine.runs.keys()) this.announce(job)
  }

  #step(): Step | null {
    return this.#stopped ? null : this.engine.step(this.#parts.now())
  }

  async #finish(step: Step): Promise<void> {
    if (step.transitions.length > 0) {
      const accepted = await this.#insistence.until(() => this.#parts.store.commit(step.transitions))
      this.#compare(step.transitions, accepted)
      crashPoint('step-committed')
    }
    for (const [run, figures] of step.figures) run.onRecord = figures
    for (const effect of step.effects) await this.#carryOut(effect)
  }

  /** The engine's memory and the ledger's fence must agree while one master holds the home; a late word about an ended job is no news. */
  #compare(transitions: readonly Transition[], accepted: readonly Accepted[]): void {
    for (const [index, transition] of transitions.entries()) {
      if (accepted[index]?.every(Boolean) === true) continue
      if ('job' in transition && typeof transition.job === 'number' && !this.engine.runs.has(transition.job)) continue
      throw new Bug(`the ledger refused what the engine had decided: ${JSON.stringify(transition).slice(0, 500)}`)
    }
  }

  async #carryOut(effect: Effect): Promise<void> {
    switch (effect.type) {
      case 'dispatch':
        await this.#dispatch(effect)
        return crashPoint('batch-dispatched')
      case 'cancelTasks':
        return this.#parts.fleet.cancel(effect.job, undefined, effect.slot)
      case 'conclude':
        return void this.#conclude(effect)
      case 'reload':
        return await this.#reload(effect)
      case 'wantWorkers':
        return this.#parts.fleet.want(this.#workersWanted())
      case 'wantIo':
        return this.#parts.fleet.wantIo(effect.wanted)
      case 'listSettled':
        return this.#parts.fleet.forgetJob(effect.job)
      case 'answered':
        return await this.openLists.answered(effect.job, effect)
      case 'changed':
        return this.announce(effect.job)
      case 'ended':
        return await this.#ended(effect)
      default:
        return assertNever(effect, 'carry out')
    }
  }

  async #dispatch(effect: Extract<Effect, { type: 'dispatch' }>): Promise<void> {
    const { slot, job, work, tasks, together, memoryBytes } = effect
    const run = this.engine.runs.get(job)
    if (run === undefined) return
    if (!this.#scratchMade.has(job)) {
      await this.#insistence.until(() => this.#parts.scratch.make(run.job))
      this.#scratchMade.add(job)
    }
    const { number, id, kind, params, inputs } = run.job
    const { scratch, indexes } = this.#parts
    this.#parts.fleet.allow(slot, memoryBytes)
    const crumb = scratch.crumbFile(run.job, slot)
    // A worker that is gone by now tells so by itself: the fleet's onLost gives these tasks back.
    this.#parts.fleet.dispatch(
      slot,
      { number, id, kind, params, inputs, scratch: scratch.folder(run.job), crumb, indexes },
      { type: 'tasks', job, work, tasks, ...(together ? { together } : {}) },
    )
  }

  /** Not waited for: no other job's turn is held up by the files of this one. */
  async #conclude({ job, answer }: Extract<Effect, { type: 'conclude' }>): Promise<void> {
    const run = this.engine.runs.get(job)
    if (run === undefined) return
    try {
      const conclusion = await this.#concluder.conclude(run, answer)
      const isAsked = !this.#stopped && this.engine.runs.get(job) === run
      if (!isAsked || conclusion.type === 'putOff') return
      if (conclusion.type === 'failed') this.engine.fail(job, conclusion, this.#parts.now())
      else this.engine.complete(job, conclusion, this.#parts.now())
      await this.turn()
    } catch (error) {
      // It is not on record: the next host does it again, and what else is to be written before this one ends is no worse for it.
      if (this.#isPutOff(error)) this.#parts.log.error(`closing without the end of job ${run.job.id}: ${String(error)}`)
      else this.#broken(error)
    }
  }

  async #reload({ job, recomputed, anew }: Extract<Effect, { type: 'reload' }>): Promise<void> {
    if (!this.engine.runs.has(job)) return
    const ledger = await this.#insistence.until(() => readToGoOn(this.#parts, job, anew))
    this.engine.reload(ledger, recomputed, this.#parts.now())
    await this.openLists.again(job, ledger)
  }

  /** The most that any unfinished job asks for. */
  #workersWanted(): number {
    return Math.max(0, ...[...this.engine.runs.values()].map((run) => run.job.workers ?? 0))
  }

  async #ended({ run, state, partial }: Extract<Effect, { type: 'ended' }>): Promise<void> {
    const job = run.number
    crashPoint('job-ended')
    this.#parts.fleet.forgetJob(job)
    await this.openLists.close(job)
    const answer = state === 'succeeded' ? null : await this.partial(run, partial)
    if (answer !== null)
      await this.#insistence.until(() => this.write([{ type: 'partialAnswered', job, partial: answer }]))
    // With rejects it stays, for the job that is run again with them put right.
    if (state === 'succeeded' && run.rejects.count === 0) await this.#parts.scratch.remove(run.job)
    await removeTemporaries(run.job, run.plan.kind, this.#parts.out)
    this.#scratchMade.delete(job)
    this.summaries.ended(job)
    this.announce(job)
    this.#parts.fleet.want(this.#workersWanted())
  }
}
