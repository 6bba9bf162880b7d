import type { Input } from '../../contract/dataset.ts'
import type { NewJob } from '../../contract/job.ts'
import type { LedgerJob, LedgerTask, Transition } from '../../contract/ledger.ts'
import type { Answer, Outcome, Recorded } from '../../contract/outcome.ts'
import type { Operation, Plan } from '../../contract/plan.ts'
import type { JobState } from '../../contract/transitions.ts'
import { mostTogether, offerFor, type TaskNeeds, type WorkerOffer } from '../../contract/needs.ts'
import { activate } from './operations/activate.ts'
import type { ActiveOperation, TaskSpec } from './operations/activeOperation.ts'
import { ActiveMap } from './operations/mapOperation.ts'
import { ActiveMerge } from './operations/mergeOperation.ts'
import { ActiveOpen } from './operations/openOperation.ts'
import type { Kept } from './adoption.ts'
import { type Care, careAfter } from './care.ts'
import type { Figures } from './figures.ts'
import { OpenList } from './openList.ts'
import { stepsOf } from './openPlan.ts'
import { PlanRunner } from './planRunner.ts'
import { recordedAnswers, withMadeAgain } from './recorded.ts'
import { RejectTally } from './rejectTally.ts'
import { StageNeeds } from './stageNeeds.ts'
import { type EngineTask, newTask, TaskBook, type Wanted } from './taskBook.ts'
import { TaskCost } from './taskCost.ts'

/** Merges and writes are few and long: so many of them wait at most. */
const urgentAtOnce = 16
/** Steps of a plan between two commits: a plan of a million steps neither holds up other jobs nor fills the memory with what it asks for. */
const stepsAtOnce = 2048

/** For whom tasks are taken; `workers` share the job at the moment. */
interface Asked extends Wanted {
  workers: number
}

/** What a job's run needs from its engine. */
export interface JobRunOptions {
  plan: Plan
  job: NewJob
  hash: (text: string) => string
  /** Joins an output folder and a file's name. */
  join: (folder: string, name: string) => string
  /** Where changes of the ledger go, in order. */
  record: (transition: Transition) => void
}

/**
 * One unfinished job in memory: its plan, the operations under way, its tasks. It turns outcomes into operations' answers and answers
 * into the plan's next steps. It knows no worker by more than its slot and decides nothing about other jobs.
 */
export class JobRun {
  readonly number: number
  readonly job: NewJob
  readonly plan: Plan
  readonly tasks = new TaskBook()
  /** Items that come while it runs. */
  readonly list = new OpenList()
  /** Every item of the list has been answered, and it was not yet told. */
  listSettled = false
  state: JobState = 'queued'
  /** How the ledger has it, which is all that anybody is told; null before it is there. Set by whoever commits. */
  onRecord: Figures | null = null
  startedAt: number | null = null
  /** When a cancelled job's running tasks are told to stop. */
  drainUntil = 0
  /** What the plan returned, once everything that it asked for has ended too. */
  result: Answer | null = null
  bytesDone = 0
  rowsDone = 0
  cpuMs = 0
  /** Executions begun, the killed ones too. */
  attempts = 0
  readonly rejects = new RejectTally()
  /** The ledger knows better: nothing is dispatched or accepted until the job has been taken up from it anew. */
  stale = false
  /** How often a lost part has been computed again. */
  recomputed = 0
  succeeded = 0
  /** Tasks that were cut in two. */
  replaced = 0
  /** Milliseconds that the plan itself has taken in the master. */
  planMs = 0
  /** Whether a task may be run again when nobody knows how far an attempt came. */
  readonly mayRerun: boolean
  /** A task that was cut off while it ran, of which nobody knows how far it came and which may not be run again. */
  unknown: number | null = null
  readonly #options: JobRunOptions
  readonly #runner: PlanRunner
  readonly #recorded = new Map<string, { hash: string; answer: Recorded | undefined }>()
  readonly #active = new Map<string, ActiveOperation>()
  /** Those of the active ones that were begun or had a success since it was last looked which have finished. */
  readonly #moved = new Set<ActiveOperation>()
  /** Those that may still ask for tasks. A plan of many branches has many that wait for a single one. */
  readonly #making = new Set<ActiveOperation>()
  readonly #runningMaps = new Set<ActiveMap>()
  readonly #maps = new Map<string, ActiveMap>()
  readonly #costs = new Map<ActiveOperation, TaskCost>()
  readonly #needs: StageNeeds
  /** Tasks on record of operations that the plan has not come to again: an answer before them may have to be made anew first. */
  #restoring = new Map<string, LedgerTask[]>()
  #ended: ReadonlyMap<number, LedgerJob['ended']> = new Map()
  #merge: ActiveMerge | null = null
  #open: ActiveOpen | null = null
  /** How many of the active ones wait for others. */
  #ioCount = 0
  #nextSeq = 0
  #taskCount = 0
  #ordinal = 0

  constructor(options: JobRunOptions) {
    this.#options = options
    this.job = options.job
    this.plan = options.plan
    this.number = options.job.number
    this.#needs = new StageNeeds(options.plan, options.job)
    const { kind } = options.plan
    const params = kind.params.parse(options.job.params)
    this.mayRerun = kind.effects === 'none' || kind.mayRerun(params)
    const steps = stepsOf(options.plan, params, options.job.inputs)
    this.#runner = new PlanRunner(steps, options.plan.kind.version, {
      recorded: (id) => this.#recorded.get(id),
      made: (operation) => this.#made(operation),
      begin: (id, operation) => this.#begin(id, operation),
      answered: (id, answer) => this.#record({ type: 'operationAnswered', job: this.number, operation: id, answer }),
      hash: options.hash,
    })
  }

  /** A job that is on record: what was made stays made, what ran is pending again. */
  restore(onRecord: LedgerJob): void {
    const { ledger, returned } = withMadeAgain(onRecord)
    if (returned.length > 0) this.#record({ type: 'tasksReturned', job: this.number, tasks: returned })
    this.state = ledger.state
    this.startedAt = ledger.startedAt
    this.#taskCount = ledger.tasks.reduce((sum, task) => sum + task.count, 0)
    this.#nextSeq = ledger.tasks.reduce((next, task) => Math.max(next, task.seq + 1), 0)
    this.#ordinal = ledger.operations.length
    this.rejects.count = ledger.rejects
    this.planMs = ledger.planMs
    this.attempts = ledger.attempts
    for (const [id, answer] of recordedAnswers(ledger)) this.#recorded.set(id, answer)
    this.#restoring = Map.groupBy(ledger.tasks, (task) => task.operation)
    this.#ended = Map.groupBy(ledger.ended, ({ seq }) => seq)
    this.replaced = ledger.tasks.filter((task) => task.state === 'replaced').length
    const interrupted = ledger.tasks.filter((task) => task.state === 'running')
    if (!this.mayRerun) this.unknown = interrupted[0]?.seq ?? null
    if (interrupted.length > 0)
      this.#record({
        type: 'tasksReturned',
        job: this.number,
        tasks: interrupted.map(({ seq, attempt }) => ({ seq, fence: attempt + 1 })),
      })
    for (const task of ledger.tasks.filter((each) => each.state === 'succeeded')) {
      this.bytesDone += task.bytes
      this.rowsDone += task.rows
      this.cpuMs += task.cpuMs
      this.succeeded += task.count
    }
  }

  /** A new job over what an earlier one has done: its tasks keep their numbers, by which their scratch files are called. */
  adopt({ operations, tasks }: Kept): void {
    const job = this.number
    for (const operation of operations) {
      this.#record({ type: 'operationMade', job, operation })
      const mine = tasks.filter((task) => task.operation === operation.id)
      const adopted = mine.map(({ seq, from, to, attempt, bytes, rows, tailRows, answer }) => {
        return { seq, from, to, attempt, bytes, rows, tailRows, answer }
      })
      if (adopted.length > 0)
        this.#record({ type: 'tasksAdopted', job, operation: operation.id, stage: operation.stage, tasks: adopted })
    }
    const asMade = operations.map((operation) => ({ ...operation, answer: undefined }))
    const nothing = { startedAt: null, artifacts: [], rejects: 0, attempts: 0, ended: [], partial: null, planMs: 0 }
    const sinceThen = tasks.map((task) => ({ ...task, cpuMs: 0 }))
    this.restore({ job: this.job, state: 'queued', operations: asMade, tasks: sinceThen, ...nothing })
  }

  /** How many tasks have been made. */
  get made(): number {
    return this.#taskCount
  }

  get inputs(): readonly Input[] {
    return this.job.inputs
  }

  /** The newest merged answer that covers most. */
  get partial(): { answer: Answer; coverage: number } | null {
    return this.#merge?.widest ?? null
  }

  /**
   * Lets the plan go as far as it can, but for what is too much at once: true when it can go on as soon as what it asked for by now is
   * recorded. Throws what the plan throws.
   */
  advance(): boolean {
    let left = stepsAtOnce
    do {
      left -= this.#runner.advance(left)
      if (left <= 0) return true
    } while (this.#endFinished())
    // What has an answer on record is not begun again.
    for (const id of this.#restoring.keys())
      if (this.#recorded.get(id)?.answer !== undefined) this.#restoring.delete(id)
    if (this.#runner.returned !== null && this.#active.size === 0) this.result = this.#runner.returned.answer
    return false
  }

  /** Its list has ended: what waited for that may have finished. */
  recheck(): void {
    if (this.#open !== null) this.#moved.add(this.#open)
  }

  /** Answers the plan for operations that have finished; false when there were none. */
  #endFinished(): boolean {
    const finished = [...this.#moved].filter((operation) => operation.finished)
    this.#moved.clear()
    for (const operation of finished) {
      this.#active.delete(operation.id)
      if (this.#isIo(operation)) this.#ioCount -= 1
      this.#making.delete(operation)
      this.#costs.delete(operation)
      if (operation === this.#open) this.listSettled = true
      if (operation instanceof ActiveMap) this.#runningMaps.delete(operation)
      else this.#runner.answer(operation.id, operation.answer())
    }
    return finished.length > 0
  }

  /** Startable tasks for one worker, of one operation: made now where none waits. */
  take(asked: Asked): EngineTask[] {
    const limit = asked.offer === 'io' ? 1 : this.#batchSize()
    this.#makeTasks(limit, asked)
    return this.tasks.take(limit, asked)
  }

  /** How many of this job's tasks a worker may have at once. */
  credit(offer: WorkerOffer): number {
    if (offer === 'io') return mostTogether
    const plain = this.#plainOperation()
    return plain === undefined ? 2 : this.costOf(plain).credit
  }

  /** Whether workers may be given tasks of it. */
  get takesWork(): boolean {
    return (this.state === 'queued' || this.state === 'running') && this.result === null && !this.stale
  }

  /** What tasks could still be made for, with what they would need. */
  get making(): { stage: string; urgent: boolean; needs: TaskNeeds }[] {
    return Array.from(this.#making, ({ stage, urgent }) => ({ stage, urgent, needs: this.#needs.of(stage) }))
  }

  /** Its list may go on, and all of it that has come is answered. */
  get waitsForItems(): boolean {
    return this.#open !== null && this.list.end === null && this.list.waiting === 0 && this.tasks.running === 0
  }

  /** Whether something of it waits for others, now or later: for a worker that does nothing else. */
  get wantsIo(): boolean {
    return this.#ioCount > 0
  }

  costOf(operation: ActiveOperation): TaskCost {
    const known = this.#costs.get(operation)
    if (known !== undefined) return known
    const cost = new TaskCost()
    this.#costs.set(operation, cost)
    return cost
  }

  /** Takes a success into its operation. */
  succeed(task: EngineTask, outcome: Extract<Outcome, { type: 'succeeded' }>): void {
    this.tasks.end(task)
    if (!task.operation.secondary) {
      this.bytesDone += outcome.bytes
      this.rowsDone += outcome.rows
    }
    this.cpuMs += outcome.cpuMs
    this.succeeded += 1
    this.costOf(task.operation).learn(outcome.finishedAt - outcome.startedAt, task.to - task.from)
    const { seq, from, to } = task
    this.#moved.add(task.operation)
    task.operation.succeeded({ seq, from, to, answer: outcome.answer, rows: outcome.rows, artifact: outcome.artifact })
  }

  /** Cuts a running task of a map in two; each half is as careful as the whole was. */
  halve(task: EngineTask, at: number): void {
    const middle = Math.floor((task.from + task.to) / 2)
    const halves = [
      { seq: this.#nextSeq++, from: task.from, to: middle },
      { seq: this.#nextSeq++, from: middle, to: task.to },
    ]
    this.tasks.end(task)
    this.#taskCount += 2
    this.replaced += 1
    this.#record({ type: 'tasksHalved', job: this.number, at, tasks: [{ seq: task.seq, halves }] })
    const care: Care = { ...task.care, careful: true, half: true }
    const { operation, needs, args } = task
    const alike = { operation, needs, ...(args === undefined ? {} : { args }) }
    for (const half of halves) this.tasks.addPending({ ...newTask({ ...half, ...alike }), care })
  }

  /** What is being done, and how much of all cells known so far is done. */
  standing(): { stage: string; fraction: number | null; bytesTotal: number | null } {
    const maps = [...this.#maps.values()]
    const cells = maps.reduce((sum, map) => sum + map.cells, 0)
    const done = maps.reduce((sum, map) => sum + map.cellsDone, 0)
    const stage = this.#runningMaps.values().next().value ?? this.#active.values().next().value
    const bytesTotal = this.inputs.length === 0 ? null : this.inputs.reduce((sum, input) => sum + input.bytes, 0)
    return { stage: stage?.stage ?? '', fraction: cells === 0 ? null : done / cells, bytesTotal }
  }

  #record(transition: Transition): void {
    this.#options.record(transition)
  }

  #made(operation: { id: string; type: string; stage: string; hash: string }): void {
    this.#record({ type: 'operationMade', job: this.number, operation: { ...operation, ordinal: this.#ordinal++ } })
  }

  #begin(id: string, asked: Exclude<Operation, { type: 'all' }>): void {
    const { plan, job, inputs, list } = this
    const { join } = this.#options
    const operation = activate(id, asked, { plan, job, inputs, list, join, maps: this.#maps })
    this.#active.set(id, operation)
    if (this.#isIo(operation)) this.#ioCount += 1
    this.#moved.add(operation)
    this.#making.add(operation)
    const onRecord = this.#restoring.get(id) ?? []
    this.#restoring.delete(id)
    const cut = onRecord.filter((task) => task.state === 'replaced')
    for (const task of onRecord) {
      operation.restore(task)
      const half = cut.some((whole) => whole.from <= task.from && task.to <= whole.to)
      if (task.state !== 'succeeded' && task.state !== 'replaced') this.#restoreTask(operation, task, half)
    }
    if (operation instanceof ActiveMap) {
      this.#maps.set(id, operation)
      this.#runningMaps.add(operation)
    }
    if (operation instanceof ActiveOpen) this.#open = operation
    if (operation instanceof ActiveMerge) {
      operation.listen()
      this.#merge = operation
    }
  }

  #restoreTask(operation: ActiveOperation, task: LedgerTask, half: boolean): void {
    const { seq, from, to, attempt } = task
    // What is not pending becomes so now, in the ledger too: no attempt before counts any more.
    const fence = task.state === 'pending' ? task.fence : Math.max(task.fence, attempt + 1)
    const args = task.args === undefined ? {} : { args: task.args }
    const past = careAfter(this.#ended.get(seq) ?? [], half)
    const needs = this.#needs.of(operation.stage)
    this.tasks.addPending({ ...newTask({ seq, operation, needs, from, to, ...args }), attempt, fence, ...past })
  }

  /** Urgent tasks as soon as there is something to do for them; those of maps only when too few wait. */
  #makeTasks(wanted: number, asked: Asked): void {
    for (const operation of this.#making) {
      const needs = this.#needs.of(operation.stage)
      if (offerFor(needs) !== asked.offer) continue
      if (this.tasks.startable(urgentAtOnce + wanted, asked) === urgentAtOnce + wanted) return
      const limit = operation.urgent ? urgentAtOnce : wanted - this.tasks.startable(wanted, asked)
      // Of what cannot be begun now one task waits, so that it is known for what.
      const most = asked.mayStart(operation.stage, needs) ? limit : 1 - this.tasks.waiting(operation.stage)
      const { workers } = asked
      if (most > 0)
        this.#addTasks(operation, operation.make(most, { workers, msPerCell: this.costOf(operation).msPerCell }))
      if (operation.exhausted) this.#making.delete(operation)
    }
  }

  #addTasks(operation: ActiveOperation, specs: TaskSpec[]): void {
    if (specs.length === 0) return
    const tasks = specs.map((spec) => ({ seq: this.#nextSeq++, ...spec }))
    this.#taskCount += tasks.length
    this.#record({ type: 'tasksMade', job: this.number, operation: operation.id, stage: operation.stage, tasks })
    const needs = this.#needs.of(operation.stage)
    for (const task of tasks) this.tasks.addPending(newTask({ ...task, operation, needs }))
  }

  #batchSize(): number {
    const plain = this.#plainOperation()
    return plain === undefined ? 1 : this.costOf(plain).batchSize
  }

  /** The map that workers which compute are at. */
  #plainOperation(): ActiveMap | undefined {
    for (const map of this.#runningMaps) if (!this.#isIo(map)) return map
    return undefined
  }

  #isIo({ stage }: ActiveOperation): boolean {
    return offerFor(this.#needs.of(stage)) === 'io'
  }
}
