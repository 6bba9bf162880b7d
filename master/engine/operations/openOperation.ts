import { Bug } from '../../../contract/invariant.ts'
import type { Json } from '../../../contract/json.ts'
import type { LedgerTask } from '../../../contract/ledger.ts'
import { itemRangeSchema } from '../../../contract/open.ts'
import type { Recorded } from '../../../contract/outcome.ts'
import type { OpenOperation } from '../../../contract/plan.ts'
import type { Work } from '../../../contract/workerMessages.ts'
import type { OpenList } from '../openList.ts'
import type { ActiveOperation, FinishedPart, OrderDetails, SplitContext, TaskSpec } from './activeOperation.ts'

/** A task aims at this much work; while nothing is known it has one item. */
const taskMs = 100
const mostItems = 4096
const mostBytes = 256 * 1024

/**
 * The items of an open list as they come. An idle worker gets what is there at once; when more comes than workers take, tasks have as many
 * items as are a fair share of what waits. Of what has been answered it only keeps the count.
 */
export class ActiveOpen implements ActiveOperation {
  readonly id: string
  readonly stage: string
  readonly urgent = false
  /** The plan that follows reads the same items once more, and counts them. */
  readonly secondary = true
  readonly #list: OpenList
  #answered = 0

  constructor(id: string, asked: OpenOperation, list: OpenList) {
    this.id = id
    this.stage = asked.stage
    this.#list = list
  }

  get exhausted(): boolean {
    return this.#list.end !== null && this.#list.waiting === 0
  }

  get finished(): boolean {
    return this.exhausted && this.#answered === this.#list.taken
  }

  make(limit: number, { workers, msPerCell }: SplitContext): TaskSpec[] {
    const specs: TaskSpec[] = []
    const comfortable = msPerCell === null ? 1 : Math.ceil(taskMs / Math.max(msPerCell, taskMs / mostItems))
    while (specs.length < limit && this.#list.waiting > 0) {
      const fair = Math.ceil(this.#list.waiting / Math.max(1, 2 * workers))
      const { first, to, at, end } = this.#list.take(Math.min(fair, comfortable), mostBytes)
      specs.push({ from: first, to, args: { at, end, first } })
    }
    return specs
  }

  ready(): boolean {
    return true
  }

  restore(task: LedgerTask): void {
    this.#list.skipTo(task.to, rangeOf(task.args).end)
    if (task.state === 'succeeded') this.#answered += task.to - task.from
  }

  succeeded(part: FinishedPart): void {
    this.#answered += part.to - part.from
  }

  order(task: { args?: Json }): OrderDetails {
    return { args: rangeOf(task.args) }
  }

  work(): Work {
    return { type: 'items', stage: this.stage }
  }

  answer(): Recorded {
    if (this.#list.end === null) throw new Bug(`the list of ${this.id} has not ended`)
    return { value: { items: this.#list.taken, end: this.#list.end } as Json }
  }
}

function rangeOf(args: Json | undefined) {
  const range = itemRangeSchema.safeParse(args)
  if (!range.success) throw new Bug('a task of an open list does not say where its items stand')
  return range.data
}
