import type { WorkerInfo } from '../../contract/api.ts'
import type { Loss } from '../../contract/outcome.ts'
import { assertNever } from '../../contract/invariant.ts'
import type { WorkerOffer } from '../../contract/needs.ts'
import type { FromWorker, ToWorker, WorkerJob } from '../../contract/workerMessages.ts'
import type { Clock } from './clock.ts'
import { Lanes } from './lanes.ts'
import { judge, lossOf, noProgressLimit, progressMark, type Limits, type Verdict } from './watchdog.ts'
import type { StartWorker, WorkerExit, WorkerHandle } from './workerHandle.ts'

/**
 * One place in the fleet and the workers that fill it, one after the other. It starts a worker, keeps its figures, knows which jobs it
 * has been told of, and fills the place again when it dies: at once, but later and later while workers die before they are ready.
 * Which tasks a worker has is the engine's to know.
 *
 * waiting (for a start that is put off) → starting → ready → ending (sentenced, interrupted or retired) → waiting or over
 */

export type WorkerOutcomes = Extract<FromWorker, { type: 'outcomes' }>['outcomes']
export type Heartbeat = Extract<FromWorker, { type: 'heartbeat' }>
export type TasksMessage = Extract<ToWorker, { type: 'tasks' }>
/** To questions about inputs and requests, before there is a job. */
export type Answered = Extract<FromWorker, { type: 'inspected' | 'sampled' }>

export interface SlotEvents {
  onReady(slot: number, offer: WorkerOffer): void
  /** Outcomes `cancelled` of a worker that is ending are left out: its loss says more. */
  onOutcomes(slot: number, job: number, outcomes: WorkerOutcomes): void
  /** Told at each end of a worker, with tasks or without. What it had been sent and has not answered is lost. */
  onLost(slot: number, loss: Loss): void
  onHeartbeat(slot: number, heartbeat: Heartbeat): void
  onAnswered(slot: number, message: Answered): void
  onLog(slot: number, level: 'info' | 'warn' | 'error', line: string): void
  /** Workers do not come up: a line for a person. */
  onTrouble(slot: number, line: string): void
}

export interface SlotOptions {
  number: number
  offer: WorkerOffer
  startWorker: StartWorker
  clock: Clock
  limits: Limits
  events: SlotEvents
}

export interface SlotSnapshot extends Omit<WorkerInfo, 'jobId'> {
  /** Number of the job whose task it is at. */
  job: number | null
  /** Of the running attempt. */
  peakMemoryBytes: number
}

/** The figures of one worker process, from its start to its end. */
interface Life {
  handle: WorkerHandle
  phase: 'starting' | 'ready' | 'ending'
  heardAt: number
  progressAt: number | null
  mark: string
  rssBytes: number
  heapBytes: number
  cpuMs: number
  /** Of the running attempt, from its heartbeats. */
  peakMemoryBytes: number
  attempt: string
  running: Heartbeat['running']
  /** Jobs that it has been told of, with their kinds. */
  jobs: Map<number, string>
  unanswered: number
  /** What its tasks say that they take beyond what every worker may. */
  promisedBytes: number
  /** Of tasks that wait for others together: what each has done, and since when no more. */
  lanes: Lanes
  verdict: Verdict | null
}

/** From sentence to SIGKILL: compute may yet flush what a person would want to see. */
const sentenceMs = 500
const patience = 3

export class WorkerSlot {
  readonly #options: SlotOptions
  #life: Life | null = null
  #over = false
  #earlyDeaths = 0
  #starts = 0
  #tasksDone = 0
  /** CPU time of the workers that were here before. */
  #pastCpuMs = 0
  /** Of the restart that is put off, or of the sentence that is to be carried out. */
  #cancelTimer: () => void = () => undefined
  #idleSince: number

  constructor(options: SlotOptions) {
    this.#options = options
    this.#idleSince = options.clock.now()
  }

  get number(): number {
    return this.#options.number
  }

  get ready(): boolean {
    return this.#life?.phase === 'ready'
  }

  get unanswered(): number {
    return this.#life?.unanswered ?? 0
  }

  /** No worker is here and none will be. */
  get empty(): boolean {
    return this.#over && this.#life === null
  }

  idleMs(now: number): number {
    return this.unanswered > 0 ? 0 : now - this.#idleSince
  }

  start(): void {
    if (this.#over || this.#life !== null) return
    const handle = this.#options.startWorker(this.number)
    const life = newLife(handle, this.#options.clock.now())
    this.#life = life
    this.#starts++
    handle.onMessage((message) => this.#hear(life, message))
    handle.onExit((exit) => this.#bury(life, exit))
  }

  /** False when no ready worker is here; then nothing was sent. */
  send(message: ToWorker): boolean {
    if (!this.ready) return false
    this.#life?.handle.post(message)
    return true
  }

  get offer(): WorkerOffer {
    return this.#options.offer
  }

  dispatch(job: WorkerJob, message: TasksMessage): boolean {
    const life = this.#life
    if (life?.phase !== 'ready') return false
    if (!life.jobs.has(job.number)) {
      life.jobs.set(job.number, job.kind)
      life.handle.post({ type: 'job', job })
    }
    if (life.unanswered === 0) life.progressAt = this.#options.clock.now()
    life.unanswered += message.tasks.length
    life.handle.post(message)
    return true
  }

  allow(memoryBytes: number): void {
    if (this.#life !== null) this.#life.promisedBytes = memoryBytes
  }

  cancel(job: number, seqs?: number[]): void {
    if (!this.#life?.jobs.has(job)) return
    this.#life.handle.post(seqs === undefined ? { type: 'cancel', job } : { type: 'cancel', job, seqs })
  }

  forget(job: number): void {
    if (this.#life?.jobs.delete(job)) this.#life.handle.post({ type: 'forget', job })
  }

  /** Looks at its worker, and ends it when it has had its time. */
  watch(now: number): void {
    const life = this.#life
    if (life === null || life.phase === 'ending') return
    const running = life.running?.job ?? null
    const kind = running === null ? null : (life.jobs.get(running) ?? null)
    const watched = { ...life, ready: life.phase === 'ready', kind }
    const verdict =
      this.offer === 'io'
        ? (judge({ ...watched, progressAt: null }, now, this.#options.limits) ?? this.#watchLanes(life, now))
        : judge(watched, now, this.#options.limits)
    if (verdict !== null) this.#sentence(life, verdict)
  }

  /** A task of several that gets nowhere is stopped by itself; a worker that does not even stop it has had its time. */
  #watchLanes(life: Life, now: number): Verdict | null {
    const { stuck, deaf } = life.lanes.look(now, (job) =>
      noProgressLimit(life.jobs.get(job) ?? null, this.#options.limits),
    )
    for (const { job, seq } of stuck) life.handle.post({ type: 'cancel', job, seqs: [seq], because: 'no-progress' })
    return deaf
  }

  /** All its deadlines start anew. */
  pardon(now: number): void {
    if (this.#life === null) return
    this.#life.heardAt = now
    if (this.#life.progressAt !== null) this.#life.progressAt = now
    this.#life.lanes.pardon(now)
  }

  /** No more work for it; what runs stops, and counts as interrupted. */
  interrupt(): void {
    this.#over = true
    const life = this.#life
    if (life === null) this.#cancelTimer()
    if (life === null || life.phase === 'ending') return
    life.phase = 'ending'
    for (const job of life.jobs.keys()) life.handle.post({ type: 'cancel', job })
  }

  /** Ends its worker for good: asked first, killed after `graceMs`. */
  close(graceMs: number): void {
    this.interrupt()
    this.#life?.handle.stop(graceMs)
  }

  snapshot(): SlotSnapshot {
    const life = this.#life
    return {
      slot: this.number,
      offers: this.offer,
      pid: life?.handle.pid ?? null,
      state: workerState(life),
      memoryBytes: life?.rssBytes ?? 0,
      cpuMs: this.#pastCpuMs + (life?.cpuMs ?? 0),
      tasksDone: this.#tasksDone,
      restarts: Math.max(0, this.#starts - 1),
      job: life?.running?.job ?? null,
      peakMemoryBytes: life?.peakMemoryBytes ?? 0,
    }
  }

  #hear(life: Life, message: FromWorker): void {
    const { events, clock } = this.#options
    life.heardAt = clock.now()
    switch (message.type) {
      case 'ready':
        return this.#welcome(life)
      case 'outcomes':
        return this.#account(life, message.job, message.outcomes)
      case 'heartbeat':
        noteHeartbeat(life, message, clock.now())
        return events.onHeartbeat(this.number, message)
      case 'inspected':
      case 'sampled':
        return events.onAnswered(this.number, message)
      case 'log':
        return events.onLog(this.number, message.level, message.line)
      default:
        return assertNever(message, 'a message of a worker')
    }
  }

  #welcome(life: Life): void {
    if (life.phase !== 'starting') return
    life.phase = 'ready'
    this.#earlyDeaths = 0
    this.#idleSince = this.#options.clock.now()
    this.#options.events.onReady(this.number, this.offer)
  }

  #account(life: Life, job: number, outcomes: WorkerOutcomes): void {
    const now = this.#options.clock.now()
    life.unanswered = Math.max(0, life.unanswered - outcomes.length)
    life.progressAt = life.unanswered === 0 ? null : now
    if (life.unanswered === 0) {
      this.#idleSince = now
      life.promisedBytes = 0
    }
    const telling = life.phase === 'ending' ? outcomes.filter(({ outcome }) => outcome.type !== 'cancelled') : outcomes
    this.#tasksDone += telling.filter(({ outcome }) => outcome.type === 'succeeded').length
    if (telling.length > 0) this.#options.events.onOutcomes(this.number, job, telling)
  }

  #sentence(life: Life, verdict: Verdict): void {
    life.phase = 'ending'
    life.verdict = verdict
    for (const job of life.jobs.keys()) life.handle.post({ type: 'cancel', job })
    this.#cancelTimer = this.#options.clock.after(sentenceMs, () => life.handle.kill())
  }

  #bury(life: Life, exit: WorkerExit): void {
    this.#cancelTimer()
    const { events, clock, limits } = this.#options
    const early = life.phase === 'starting' && !exit.expected
    this.#earlyDeaths = early ? this.#earlyDeaths + 1 : 0
    this.#pastCpuMs += life.cpuMs
    this.#idleSince = clock.now()
    this.#life = null
    const interrupted = this.#over
    events.onLost(this.number, lossOf({ ...life, exit, interrupted }, limits))
    if (!this.#over) this.#refill(exit)
  }

  #refill(exit: WorkerExit): void {
    const waitMs = restartDelayMs(this.#earlyDeaths)
    if (waitMs === 0) return this.start()
    const line = exit.logTail.trim().split('\n').at(-1) ?? ''
    const ended = exit.signal ?? `exit code ${exit.exitCode}`
    const story = `worker ${this.number} has ended ${this.#earlyDeaths} times before it was ready (${ended})`
    this.#options.events.onTrouble(this.number, `${story}: ${line}; the next try is in ${waitMs / 1000} s`)
    this.#cancelTimer = this.#options.clock.after(waitMs, () => this.start())
  }
}

/** At once for the first two early deaths in a row, then 1 s, doubling up to a minute. */
export function restartDelayMs(earlyDeaths: number): number {
  return earlyDeaths < patience ? 0 : Math.min(60_000, 1000 * 2 ** (earlyDeaths - patience))
}

function newLife(handle: WorkerHandle, now: number): Life {
  return {
    handle,
    phase: 'starting',
    heardAt: now,
    progressAt: null,
    mark: '',
    rssBytes: 0,
    heapBytes: 0,
    cpuMs: 0,
    peakMemoryBytes: 0,
    attempt: '',
    running: null,
    jobs: new Map(),
    unanswered: 0,
    promisedBytes: 0,
    lanes: new Lanes(),
    verdict: null,
  }
}

function noteHeartbeat(life: Life, { rssBytes, heapBytes, cpuMs, running, beside = [] }: Heartbeat, now: number): void {
  const attempt = running === null ? '' : `${running.job} ${running.seq} ${running.attempt}`
  const mark = progressMark(running)
  if (mark !== life.mark && life.progressAt !== null) life.progressAt = now
  life.peakMemoryBytes = attempt === life.attempt ? Math.max(life.peakMemoryBytes, rssBytes) : rssBytes
  life.lanes.heard(running === null ? [] : [running, ...beside], now)
  Object.assign(life, { attempt, mark, rssBytes, heapBytes, cpuMs, running })
}

function workerState(life: Life | null): WorkerInfo['state'] {
  if (life === null) return 'dead'
  if (life.phase !== 'ready') return life.phase
  return life.unanswered > 0 ? 'busy' : 'idle'
}
