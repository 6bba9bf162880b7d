import type { Crumb } from '../../../contract/crumb.ts'
import type { NewJob } from '../../../contract/job.ts'
import type { Json } from '../../../contract/json.ts'
import type { Loss, Outcome } from '../../../contract/outcome.ts'
import type { Plan } from '../../../contract/plan.ts'
import type { TaskOrder, Work } from '../../../contract/workerMessages.ts'
import type { Effect } from '../effects.ts'
import { Engine } from '../engine.ts'
import { MemoryLedger } from './memoryLedger.ts'

/** What a fake worker does with an order: the value that its task answers with, or an outcome of its own. */
export type Perform = (work: Work, order: TaskOrder) => Json | Outcome

interface Waiting {
  slot: number
  job: number
  work: Work
  order: TaskOrder
}

/**
 * An engine, a ledger in memory, fake workers and a clock that stands until it is moved: everything happens when a test says so, in the
 * order that a test says.
 */
export class World {
  now = 1000
  readonly ledger = new MemoryLedger()
  readonly effects: Effect[] = []
  engine: Engine
  /** Orders that workers have and have not answered, in the order given. */
  waiting: Waiting[] = []
  /** What workers have noted of their work, by job and slot. */
  readonly crumbs = new Map<string, Crumb>()
  readonly #plans: readonly Plan[]
  readonly #perform: Perform
  readonly #cores: number
  readonly #memoryBytes: number
  readonly #io = new Set<number>()

  constructor(options: { plans: readonly Plan[]; perform: Perform; cores?: number; memoryBytes?: number }) {
    this.#plans = options.plans
    this.#perform = options.perform
    this.#cores = options.cores ?? 2
    this.#memoryBytes = options.memoryBytes ?? 8e9
    this.engine = this.#newEngine()
  }

  #newEngine(): Engine {
    const engine = new Engine({
      plans: this.#plans,
      hash: (text) => text,
      join: (folder, name) => `${folder}/${name}`,
      clock: () => this.now,
      random: () => 0.5,
      cores: this.#cores,
      memoryBytes: this.#memoryBytes,
      crumb: (job, slot) => this.crumbs.get(`${job.number} ${slot}`) ?? null,
    })
    for (let slot = 1; slot <= this.#cores; slot++) engine.slotReady(slot)
    for (const slot of this.#io) engine.slotReady(slot, 'io')
    return engine
  }

  /** A worker that waits for others is there. */
  ioReady(slot: number): void {
    this.#io.add(slot)
    this.engine.slotReady(slot, 'io')
    this.turn()
  }

  submit(job: Partial<NewJob> & { kind: string }): void {
    this.engine.submit(newJob({ number: this.ledger.jobs.size + 1, ...job }), this.now)
    this.turn()
  }

  /** Commits and carries out everything that the engine has decided. */
  turn(): void {
    for (let step = this.engine.step(this.now); step !== null; step = this.engine.step(this.now)) {
      for (const transition of step.transitions) this.ledger.apply(transition)
      for (const effect of step.effects) this.#carryOut(effect)
    }
  }

  /** The worker answers for the order at this place of `waiting`. */
  answer(place = 0): void {
    const [entry] = this.waiting.splice(place, 1)
    if (entry === undefined) return
    const { slot, job, work, order } = entry
    const answered = this.#perform(work, order)
    const outcome = isOutcome(answered) ? answered : success(answered, this.now)
    this.engine.outcomes({ slot, job, now: this.now }, [{ seq: order.seq, attempt: order.attempt, outcome }])
    this.turn()
  }

  /** A worker dies, and another takes its place. */
  kill(
    slot: number,
    loss: Loss = { type: 'crashed', exitCode: null, signal: 'SIGKILL', logTail: '', peakMemoryBytes: 0 },
  ): void {
    this.waiting = this.waiting.filter((entry) => entry.slot !== slot)
    this.engine.slotLost(slot, loss, this.now)
    this.turn()
    this.engine.slotReady(slot, this.#io.has(slot) ? 'io' : 'cpu')
    this.turn()
  }

  /** The master dies: a new one has only what was committed. */
  restart(): void {
    this.waiting = []
    this.engine = this.#newEngine()
    for (const [number, job] of this.ledger.jobs)
      if (!job.finished) this.engine.restore(this.ledger.ledger(number), this.now)
    this.turn()
  }

  /** Answers everything until nothing waits, moving the clock for retries. `choose` picks the next place among n. */
  finish(choose: (count: number) => number = () => 0): void {
    for (let idle = 0; idle < 20; idle++) {
      while (this.waiting.length > 0) {
        this.answer(choose(this.waiting.length))
        idle = 0
      }
      this.now += 10_000
      this.turn()
    }
  }

  job(number = 1) {
    const job = this.ledger.jobs.get(number)
    if (job === undefined) throw new Error(`there is no job ${number}`)
    return job
  }

  #carryOut(effect: Effect): void {
    this.effects.push(effect)
    if (effect.type === 'dispatch') {
      for (const order of effect.tasks)
        this.waiting.push({ slot: effect.slot, job: effect.job, work: effect.work, order })
    } else if (effect.type === 'conclude') {
      const file = { name: 'rejects.csv', path: '/rejects.csv', mediaType: 'text/csv', sha256: '', bytes: 0, rows: 0 }
      const rejects = (this.engine.runs.get(effect.job)?.rejects.count ?? 0) > 0 ? file : null
      this.engine.complete(effect.job, { result: effect.answer.value ?? null, rejects }, this.now)
    } else if (effect.type === 'reload') {
      this.engine.reload(this.ledger.ledger(effect.job), effect.recomputed, this.now)
    } else if (effect.type === 'cancelTasks') {
      const told = this.waiting.filter((entry) => entry.slot === effect.slot && entry.job === effect.job)
      this.waiting = this.waiting.filter((entry) => !told.includes(entry))
      const outcome: Outcome = { type: 'cancelled', ...spent(this.now) }
      for (const { slot, job, order } of told)
        this.engine.outcomes({ slot, job, now: this.now }, [{ seq: order.seq, attempt: order.attempt, outcome }])
    }
  }
}

function isOutcome(value: Json | Outcome): value is Outcome {
  return typeof value === 'object' && value !== null && 'type' in value && 'cpuMs' in value
}

function spent(now: number) {
  return { bytes: 0, rows: 0, tailRows: 0, cpuMs: 0, startedAt: now, finishedAt: now + 20 }
}

export function success(value: Json, now: number): Outcome {
  return { type: 'succeeded', answer: value === null ? {} : { value }, ...spent(now) }
}

export function failure(code: Extract<Outcome, { type: 'failed' }>['code'], now = 0): Outcome {
  return { type: 'failed', code, message: `it was ${code}`, ...spent(now) }
}

export function newJob(job: Partial<NewJob> & { kind: string; number: number }): NewJob {
  return {
    id: `job${job.number}`,
    name: `job ${job.number}`,
    kindVersion: 1,
    params: {},
    inputs: [],
    outDir: null,
    force: false,
    priority: 0,
    workers: null,
    maxRejects: null,
    split: null,
    tags: [],
    note: '',
    parentId: null,
    host: 'here',
    versions: {},
    createdAt: 0,
    ...job,
  }
}

/** The scratch file of another task is gone. */
export function partLost(file: string): Outcome {
  return { type: 'failed', code: 'part-lost', message: `${file} is missing`, lost: file, ...spent(0) }
}
