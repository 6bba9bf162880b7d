import type { Mill } from './mill.ts'

/** Watchers get changes this often. */
const publishMs = 100
/** The slow poll that finds what no hint told: retries whose time has come, drains that are over. */
const pollMs = 250
const sampleMs = 1000
const lookAroundMs = 2000

/** The mill's timers. A round that takes longer than its period is not joined by a second one. */
export class Wheels {
  readonly #mill: Mill
  readonly #onError: (error: unknown) => void
  #timers: NodeJS.Timeout[] = []

  constructor(mill: Mill, onError: (error: unknown) => void) {
    this.#mill = mill
    this.#onError = onError
  }

  start(): void {
    this.#timers = [
      this.#every(publishMs, () => this.#mill.feed.publish()),
      this.#every(pollMs, () => this.#mill.turn()),
      this.#every(sampleMs, () => this.#mill.sample()),
      this.#every(sampleMs, async () => this.#mill.openLists.look()),
      this.#every(lookAroundMs, () => this.#mill.lookAround()),
    ]
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  #every(ms: number, round: () => Promise<void>): NodeJS.Timeout {
    let under = false
    return setInterval(() => {
      if (under) return
      under = true
      round()
        .catch(this.#onError)
        .finally(() => {
          under = false
        })
    }, ms)
  }
}
