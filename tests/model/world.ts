import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Delta } from '../../contract/api.ts'
import type { Transition } from '../../contract/ledger.ts'
import { MemoryLedger } from '../../master/engine/testing/memoryLedger.ts'
import { ManualClock } from '../../master/fleet/fixtures/manualClock.ts'
import type { HomePaths } from '../../master/host/home.ts'
import { Crew } from './crew.ts'
import { type GatedStore, openGatedStore } from './gatedStore.ts'
import { announcedTooEarly, dispatchedTooEarly } from './invariants.ts'
import { type Life, openLife } from './life.ts'
import { Look } from './look.ts'
import { type Fault } from '../harness/faults.ts'

/**
 * The real thing under the model's hands: one home and, one after the other, the hosts that hold it. What goes wrong out of turn, while
 * something is dispatched or announced, is kept as a problem until the next check looks for it.
 */
const publishMs = 250
const lookAroundMs = 2000
/** Seconds in which every job ends once nothing is in its way: no disk is waited for longer than two minutes. */
const mostRounds = 400

export class World {
  readonly clock = new ManualClock()
  /** What was ever written, in the smallest ledger there is; it refuses every change of state that is no arrow of the tables. */
  mirror = new MemoryLedger()
  readonly problems: string[] = []
  /** Faults that have happened, for the record. */
  readonly injected = new Set<Fault>()
  readonly deaths = new Map<string, number>()
  readonly hurt = new Set<string>()
  readonly unknown = new Set<string>()
  /** Jobs that had running tasks on record when their host was killed. */
  readonly cutOff = new Set<string>()
  readonly paths: HomePaths
  crew!: Crew
  life!: Life
  look!: Look
  /** Calls that nobody has answered yet: the disk takes its time. */
  readonly pending: Promise<void>[] = []
  readonly #folder = mkdtempSync(join(tmpdir(), 'gristmill-model-'))
  #lives = 0
  #endWatch = new AbortController()

  private constructor() {
    const at = (name: string) => join(this.#folder, name)
    this.paths = {
      home: this.#folder,
      database: at('0.db'),
      scratch: at('scratch'),
      spool: at('spool'),
      logs: at('logs'),
      indexes: at('indexes'),
      backups: at('backups'),
      settings: at('settings.json'),
      recipes: at('recipes'),
      lock: at('lock.db'),
      out: at('out'),
      socket: at('socket'),
    }
    for (const folder of ['scratch', 'spool', 'backups', 'out'] as const) mkdirSync(this.paths[folder])
  }

  static async open(): Promise<World> {
    const world = new World()
    await world.#open()
    return world
  }

  get held(): boolean {
    return this.life.store.gate === 'closed'
  }

  /** Until nothing is left to be done now, or what is to be done waits at the gate. */
  async settle(): Promise<void> {
    do await Promise.race([this.life.mill.turn(), this.life.store.held()])
    while (this.crew.welcome())
    if (!this.held) await Promise.all(this.pending.splice(0))
    await this.life.mill.feed.publish()
    await this.#breathe()
  }

  /** Time goes by: workers that can are heard, watches look. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += publishMs) {
      this.crew.beat()
      this.clock.pass(publishMs)
      if (passed % lookAroundMs === 0) await this.life.mill.lookAround()
      await this.settle()
    }
  }

  hold(): void {
    this.life.store.gate = 'closed'
  }

  async release(): Promise<void> {
    this.life.store.gate = 'open'
    this.life.store.flush()
    await this.settle()
  }

  /** The host is killed, with what waits at the gate written or not, and another opens what it has left. */
  async killHost(written: boolean): Promise<void> {
    const next = join(this.#folder, `${++this.#lives}.db`)
    this.crew.sink()
    this.life.store.die({ written, image: () => copyLedger(this.paths.database, next) })
    // Whether those were given out is nobody's to know: work with effects outside cannot go on.
    for (const { id, number } of this.look.jobs())
      if (this.look.tasks(number).some(({ state }) => state === 'running')) this.cutOff.add(id)
    this.#closeSenses()
    this.pending.length = 0
    this.paths.database = next
    await this.#open()
  }

  /** The host ends as it is told to, in the order of master/host/openHost.ts, and another opens. */
  async endHost(): Promise<void> {
    await this.release()
    const { mill, fleet, store } = this.life
    mill.giveUpWaiting()
    await fleet.close(500)
    await mill.turn()
    await mill.stop()
    mill.feed.close()
    this.#closeSenses()
    await store.close()
    await this.#open()
  }

  /** A retry allows what must not be done again unasked. */
  allowAgain(job: string): void {
    for (const name of this.unknown) if (name.startsWith(`${job} `)) this.unknown.delete(name)
  }

  /** Everything heals, and workers work until every job has ended. */
  async finish(): Promise<void> {
    await this.release()
    this.life.mill.holdBack(null)
    for (let round = 0; round < mostRounds && this.life.mill.engine.runs.size > 0; round++) await this.#goOn()
    const left = [...this.life.mill.engine.runs.values()].map(({ number, state }) => `${number} (${state})`)
    if (left.length > 0) this.problems.push(`jobs ${left.join(', ')} did not end`)
  }

  async #goOn(): Promise<void> {
    for (const { job, state } of this.life.mill.engine.runs.values())
      if (state === 'paused') await this.life.client.jobs.resume({ job: job.id })
    for (const worker of this.crew.alive) {
      if (worker.stuck) worker.die('SIGKILL')
      if (worker.stopped) worker.wake()
    }
    for (let [worker] = this.crew.busy; worker !== undefined; [worker] = this.crew.busy) {
      await worker.finish(this.clock.now(), 10)
      await this.settle()
    }
    await this.pass(1000)
  }

  async close(): Promise<void> {
    await this.release()
    await this.life.fleet.close(0)
    await this.life.mill.turn()
    await this.life.mill.stop()
    this.life.mill.feed.close()
    this.#closeSenses()
    await this.life.store.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #open(): Promise<void> {
    const onProblem = (problem: string) => void this.problems.push(problem)
    const store = await openGatedStore(
      { file: this.paths.database, backups: this.paths.backups, now: this.clock.now() },
      { onWritten: (transitions, accepted) => this.#written(transitions, accepted) },
    )
    this.look = new Look(this.paths.database)
    const { look } = this
    this.crew = new Crew({ dispatched: (orders) => dispatchedTooEarly(look, orders), onProblem }, this)
    const { crew, clock, paths } = this
    this.life = await openLife({
      paths,
      store,
      clock,
      startWorker: (slot) => crew.start(slot),
      onBroken: (error) => onProblem(`the host cannot go on: ${error instanceof Error ? error.stack : String(error)}`),
    })
    this.#endWatch = new AbortController()
    void this.#watchFeed(this.#endWatch.signal, store)
    await this.settle()
  }

  /** What every window sees is held against what is on disk at that instant. */
  async #watchFeed(signal: AbortSignal, store: GatedStore): Promise<void> {
    const { look } = this
    const deltas: AsyncGenerator<Delta, void, void> = this.life.mill.feed.watch(undefined, signal)
    for await (const delta of deltas) {
      if (signal.aborted) return
      this.problems.push(...announcedTooEarly(look, delta, store.waiting > 0))
    }
  }

  #written(transitions: readonly Transition[], accepted: readonly boolean[][]): void {
    for (const [index, transition] of transitions.entries()) {
      const bits = accepted[index] ?? []
      try {
        if (transition.type === 'tasksFinished')
          this.mirror.apply({ ...transition, tasks: transition.tasks.filter((_, place) => bits[place] === true) })
        else if (bits.every(Boolean)) this.mirror.apply(transition)
      } catch (error) {
        this.problems.push(`the store took what it should have refused: ${String(error)}`)
      }
    }
  }

  #closeSenses(): void {
    this.#endWatch.abort()
    this.look.close()
  }

  /** Watchers of the feed are told in turns of their own. */
  async #breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The files of a ledger as they stand, while somebody may have them open. */
function copyLedger(from: string, to: string): void {
  for (const suffix of ['', '-wal'])
    if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${to}${suffix}`)
}
