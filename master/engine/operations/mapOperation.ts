import type { Input } from '../../../contract/dataset.ts'
import type { LedgerTask } from '../../../contract/ledger.ts'
import type { Answer, Recorded } from '../../../contract/outcome.ts'
import type { MapOperation } from '../../../contract/plan.ts'
import type { Work } from '../../../contract/workerMessages.ts'
import { chooseSplit, type SplitWish } from '../split.ts'
import type { ActiveOperation, FinishedPart, Node, OrderDetails, SplitContext, TaskSpec } from './activeOperation.ts'
import { Gaps } from './gaps.ts'

/** A stage over cells. Its tasks are made lazily, a few ahead of the workers, so that their size can adapt. */
export class ActiveMap implements ActiveOperation {
  readonly id: string
  readonly stage: string
  readonly urgent = false
  /** Listed items are the job's own only where it has no inputs. */
  readonly secondary: boolean
  readonly cells: number
  readonly asked: MapOperation
  /** Answers with something in them, in the order in which they came. An answer without value and files is only counted. */
  readonly nodes: Node[] = []
  readonly #gaps: Gaps
  readonly #wish: SplitWish
  readonly #listeners: ((node: Node) => void)[] = []
  #cellsDone = 0

  constructor(
    id: string,
    asked: MapOperation,
    job: { inputs: readonly Input[]; split: number | null; estimatedMs: number },
  ) {
    this.id = id
    this.stage = asked.stage
    this.asked = asked
    this.secondary = asked.source.type === 'items' && job.inputs.length > 0
    this.cells = asked.source.cells
    this.#gaps = new Gaps(this.cells)
    this.#wish = { source: asked.source, cellsPerTask: asked.cellsPerTask, ...job }
  }

  get cellsDone(): number {
    return this.#cellsDone
  }

  get exhausted(): boolean {
    return this.#gaps.first === undefined
  }

  get finished(): boolean {
    return this.#cellsDone === this.cells
  }

  /** Calls back for each node that is there and each that comes. */
  onNode(listener: (node: Node) => void): void {
    for (const node of this.nodes) listener(node)
    this.#listeners.push(listener)
  }

  make(limit: number, context: SplitContext): TaskSpec[] {
    const specs: TaskSpec[] = []
    while (specs.length < limit) {
      const gap = this.#gaps.first
      if (gap === undefined) break
      const taken = this.#gaps.take(
        chooseSplit(this.#wish, { ...context, from: gap.from, cellsLeft: this.#gaps.cells }),
      )
      if (taken !== undefined) specs.push(taken)
    }
    return specs
  }

  ready(): boolean {
    return true
  }

  restore(task: LedgerTask): void {
    this.#gaps.cover(task.from, task.to)
    if (task.state === 'succeeded')
      this.#add({ seq: task.seq, from: task.from, to: task.to, answer: task.answer ?? {} })
  }

  succeeded(part: FinishedPart): void {
    this.#add(part)
  }

  order(): OrderDetails {
    return {}
  }

  work(): Work {
    const { source, partial, uses } = this.asked
    return { type: 'map', stage: this.stage, source, partial, ...(uses.length === 0 ? {} : { uses }) }
  }

  answer(): Recorded {
    return { handle: 'map', operation: this.id }
  }

  #add({ seq, from, to, answer }: Node): void {
    this.#cellsDone += to - from
    const node = { seq, from, to, answer }
    if (isEmpty(answer)) return
    this.nodes.push(node)
    for (const listener of this.#listeners) listener(node)
  }
}

function isEmpty(answer: Answer): boolean {
  return answer.value === undefined && answer.ref === undefined && answer.files === undefined
}
