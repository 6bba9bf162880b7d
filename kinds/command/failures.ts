import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { type Halt, failuresToHalt } from './halt.ts'

/**
 * How many items of a job have failed, whichever worker had them: a file in the job's scratch folder to which each failure adds the item's
 * number. An item that was run twice is in it twice and counts once.
 */
const entryBytes = 8

export class Failures {
  readonly #path: string
  readonly #halt: Halt
  readonly #most: number
  #isReached = false

  constructor(path: string, halt: Halt, items: number) {
    this.#path = path
    this.#halt = halt
    this.#most = halt === null ? Number.POSITIVE_INFINITY : failuresToHalt(halt, items)
  }

  add(item: number): void {
    if (this.#halt === null) return
    const entry = Buffer.alloc(entryBytes)
    entry.writeDoubleLE(item)
    // So short a write at the end of a file is whole or not there.
    appendFileSync(this.#path, entry)
  }

  /** Whether too many have failed for another to be begun. */
  get isReached(): boolean {
    if (this.#halt === null || this.#isReached) return this.#isReached
    const bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0
    this.#isReached = bytes >= this.#most * entryBytes && this.#count() >= this.#most
    return this.#isReached
  }

  get endsRunning(): boolean {
    return this.#halt?.when === 'now'
  }

  #count(): number {
    const bytes = readFileSync(this.#path)
    const items = new Set<number>()
    for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) items.add(bytes.readDoubleLE(at))
    return items.size
  }
}
