import { type Death, FakeWorker, type Order } from './fakeWorker.ts'

/** All fake workers of one host's life, the dead ones too: what died with them can still be heard late. */
export interface CrewWatch {
  /** Asked as soon as orders reach a worker: whatever is wrong with that. */
  dispatched(orders: readonly Order[]): string[]
  onProblem(problem: string): void
}

/** What has happened to jobs over all lives of their hosts. */
export interface History {
  deaths: Map<string, number>
  hurt: Set<string>
  unknown: Set<string>
}

export class Crew {
  static readonly deaths: readonly Death[] = ['SIGKILL', 'exit', 'outOfMemory']
  readonly #all: FakeWorker[] = []
  readonly #watch: CrewWatch
  #unready: FakeWorker[] = []
  /** Deaths of workers at a task of one item, by job and item. */
  readonly #deaths: Map<string, number>
  /** Jobs whose tasks have failed or lost a worker. */
  readonly #hurt: Set<string>
  /** Tasks with effects outside that were begun, and nobody knows how far they came. */
  readonly #unknown: Set<string>

  constructor(watch: CrewWatch, history: History) {
    this.#watch = watch
    this.#deaths = history.deaths
    this.#hurt = history.hurt
    this.#unknown = history.unknown
  }

  start(slot: number): FakeWorker {
    const worker = new FakeWorker(slot, 1000 + this.#all.length, {
      dispatched: (orders) => {
        for (const problem of this.#watch.dispatched(orders)) this.#watch.onProblem(problem)
        for (const { job, order } of orders)
          if (this.#unknown.has(`${job.id} ${order.seq}`))
            this.#watch.onProblem(`task ${order.seq} of job ${job.number} is done again, and nobody had allowed it`)
      },
      died: (at) => this.died(at),
    })
    this.#all.push(worker)
    this.#unready.push(worker)
    return worker
  }

  /** Those that have started say that they are ready. */
  welcome(): boolean {
    const unready = this.#unready
    this.#unready = []
    for (const worker of unready) worker.ready()
    return unready.length > 0
  }

  beat(): void {
    for (const worker of this.#all) worker.beat()
  }

  get alive(): FakeWorker[] {
    return this.#all.filter(({ pid }) => pid !== undefined)
  }

  /** Alive, able and at something. */
  get busy(): FakeWorker[] {
    return this.alive.filter((worker) => worker.able && worker.orders.length > 0)
  }

  /** What was answered for or has died with its worker, and with whom. */
  get past(): { worker: FakeWorker; order: Order }[] {
    return this.#all.flatMap((worker) => worker.past.map((order) => ({ worker, order })))
  }

  /** It came to a worker's death, or says that it came to as much. */
  died(at: Order | undefined): void {
    if (at === undefined) return
    const { order, job } = at
    this.hurt(at)
    this.#begunWithoutWord(at)
    if (order.to - order.from !== 1) return
    const item = `${job.id} ${order.from}`
    this.#deaths.set(item, (this.#deaths.get(item) ?? 0) + 1)
  }

  hurt({ job }: Order): void {
    this.#hurt.add(job.id)
  }

  /** Every worker goes down with its host, and nobody is blamed for that. */
  sink(): void {
    for (const [at] of this.alive.map(({ orders }) => orders)) if (at !== undefined) this.#begunWithoutWord(at)
  }

  #begunWithoutWord(at: Order): void {
    const { job, order } = at
    if (job.kind !== 'model-outside' || job.params['rerunUnknown'] === true) return
    this.hurt(at)
    this.#unknown.add(`${job.id} ${order.seq}`)
  }
}
