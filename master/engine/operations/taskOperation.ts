import { Bug } from '../../../contract/invariant.ts'
import type { LedgerTask } from '../../../contract/ledger.ts'
import type { Answer, Recorded } from '../../../contract/outcome.ts'
import type { TaskOperation } from '../../../contract/plan.ts'
import type { Work } from '../../../contract/workerMessages.ts'
import type { ActiveOperation, FinishedPart, OrderDetails, TaskSpec } from './activeOperation.ts'

/** A single task. */
export class ActiveTask implements ActiveOperation {
  readonly id: string
  readonly stage: string
  readonly urgent = true
  readonly secondary = true
  readonly #asked: TaskOperation
  #made = false
  #answer: Answer | null = null

  constructor(id: string, asked: TaskOperation) {
    this.id = id
    this.stage = asked.stage
    this.#asked = asked
  }

  get exhausted(): boolean {
    return this.#made
  }

  get finished(): boolean {
    return this.#answer !== null
  }

  make(): TaskSpec[] {
    if (this.#made) return []
    this.#made = true
    return [{ from: 0, to: 1 }]
  }

  ready(): boolean {
    return true
  }

  restore(task: LedgerTask): void {
    this.#made = true
    if (task.state === 'succeeded') this.#answer = task.answer ?? {}
  }

  succeeded(part: FinishedPart): void {
    this.#answer = part.answer
  }

  order(): OrderDetails {
    return { args: this.#asked.args, uses: this.#asked.uses }
  }

  work(): Work {
    return { type: 'task', stage: this.stage }
  }

  answer(): Recorded {
    if (this.#answer === null) throw new Bug(`task ${this.id} has no answer yet`)
    return this.#answer
  }
}
