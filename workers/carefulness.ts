import type { RecordPlace } from '../contract/outcome.ts'
import type { TaskOrder } from '../contract/workerMessages.ts'
import type { Breadcrumb } from './breadcrumb.ts'

/** What a careful attempt knows of its records: where it is, and which of them it must leave out. */
export class Carefulness {
  /** The record being handled; null between records. */
  place: RecordPlace | null = null
  readonly #crumb: Breadcrumb | null
  readonly #reasons: ReadonlyMap<string, string>

  constructor(order: Pick<TaskOrder, 'skip'>, crumb: Breadcrumb | null) {
    this.#crumb = crumb
    this.#reasons = new Map((order.skip ?? []).map((record) => [keyOf(record), record.reason]))
  }

  /** Why the record must be left out, if it must. */
  reason(place: Pick<RecordPlace, 'input' | 'offset'>): string | undefined {
    return this.#reasons.get(keyOf(place))
  }

  note(place: RecordPlace | null): void {
    this.place = place
    this.#crumb?.at(place)
  }
}

function keyOf({ input, offset }: Pick<RecordPlace, 'input' | 'offset'>): string {
  return `${input} ${offset}`
}
