import { assertNever } from '../contract/invariant.ts'

/**
 * How the app ends: at once when no job runs; otherwise the person is asked, once at a time, what shall become of them.
 *
 * staying → asking → leaving → gone, asking → finishing (as staying, and leaves by itself when the last job is over), asking → staying
 */
export type Choice = 'background' | 'finish' | 'stay'

export interface LeavingParts {
  isBusy: () => boolean
  ask: () => Promise<Choice>
  /** Jobs go on in a background host; this one is closed afterwards. A refusal has been shown, and the app stays. */
  handOver: () => Promise<boolean>
  close: () => Promise<void>
  /** Resolves when no job runs any more, or when the signal says so. */
  untilIdle: (signal: AbortSignal) => Promise<void>
  /** The app may end now. */
  onGone: () => void
  /** Something on the way has failed that should not: waiting for it would keep the app open for ever. */
  onBroken: (error: unknown) => void
}

export class Leaving {
  readonly #parts: LeavingParts
  #state: 'staying' | 'asking' | 'finishing' | 'leaving' | 'gone' = 'staying'
  #finishing = new AbortController()

  constructor(parts: LeavingParts) {
    this.#parts = parts
  }

  /** True when nothing stands in the way of the app's end. */
  get isGone(): boolean {
    return this.#state === 'gone'
  }

  /** The person wants to quit. */
  async request(): Promise<void> {
    await this.#request().catch(this.#parts.onBroken)
  }

  async #request(): Promise<void> {
    if (this.#state !== 'staying' && this.#state !== 'finishing') return
    this.#finishing.abort()
    if (!this.#parts.isBusy()) return await this.#leave()
    this.#state = 'asking'
    const choice = await this.#parts.ask()
    switch (choice) {
      case 'background':
        return await this.#goToBackground()
      case 'finish':
        return await this.#finish()
      case 'stay':
        this.#state = 'staying'
        return
      default:
        assertNever(choice, 'leaving')
    }
  }

  /** The system ends, or the host has ended by itself: nobody is asked. What runs is taken up by the next host. */
  async leaveNow(): Promise<void> {
    if (this.#state === 'leaving' || this.#state === 'gone') return
    this.#finishing.abort()
    await this.#leave().catch(this.#parts.onBroken)
  }

  async #goToBackground(): Promise<void> {
    this.#state = 'leaving'
    if (await this.#parts.handOver()) this.#end()
    else this.#state = 'staying'
  }

  async #finish(): Promise<void> {
    const finishing = new AbortController()
    this.#finishing = finishing
    this.#state = 'finishing'
    await this.#parts.untilIdle(finishing.signal)
    if (!finishing.signal.aborted) await this.#leave()
  }

  async #leave(): Promise<void> {
    this.#state = 'leaving'
    await this.#parts.close()
    this.#end()
  }

  #end(): void {
    this.#state = 'gone'
    this.#parts.onGone()
  }
}
