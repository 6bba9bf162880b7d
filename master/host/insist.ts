import { setTimeout as wait } from 'node:timers/promises'
import { StoreError } from '../store/store.ts'

/**
 * Does what the disk refuses again and again until it lets it: a full disk, or a ledger that another process keeps busy, is nothing
 * that ends a host. While it waits, nothing new is decided, so that nothing is dispatched: the fleet falls quiet by itself.
 */
export interface InsistParts {
  /** Told once when something is refused, with the reason in a person's words, and with null when it has gone on for a while. */
  onHeldUp(why: string | null): void
  /** Absent: with `setTimeout`. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Does something when a while has passed, unless what it gives back is called before. Absent: with `setTimeout`. */
  later?: (act: () => void) => () => void
}

const firstPauseMs = 100
const longestPauseMs = 2000
/** A checkpoint gives a full disk some room for a moment: it counts as mended when so long nothing was refused. */
const mendedAfterMs = 3000

export class Insistence {
  readonly #parts: InsistParts
  readonly #over = new AbortController()
  #heldUp = false
  /** Present while something was done again after a refusal, and it is not sure yet that this lasts. */
  #stay: (() => void) | undefined

  constructor(parts: InsistParts) {
    this.#parts = parts
  }

  get heldUp(): boolean {
    return this.#heldUp
  }

  /** Nothing is tried again from now on: what is refused is thrown. */
  giveUp(): void {
    this.#over.abort()
    this.#stay?.()
  }

  async until<T>(act: () => Promise<T>): Promise<T> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        const done = await act()
        this.#done()
        return done
      } catch (error) {
        const why = whyRefused(error)
        if (why === null || this.#over.signal.aborted) throw error
        this.#refused(why)
        await this.#pause(pauseMs)
      }
    }
  }

  #refused(why: string): void {
    this.#stay?.()
    this.#stay = undefined
    if (this.#heldUp) return
    this.#heldUp = true
    this.#parts.onHeldUp(why)
  }

  #done(): void {
    if (!this.#heldUp || this.#over.signal.aborted) return
    this.#stay ??= (this.#parts.later ?? afterAWhile)(() => {
      this.#stay = undefined
      this.#heldUp = false
      this.#parts.onHeldUp(null)
    })
  }

  /** Cut short by `giveUp`: the last try follows at once. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#over
    try {
      await (this.#parts.pause ?? pauseFor)(ms, signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal })
}

function afterAWhile(act: () => void): () => void {
  const timer = setTimeout(act, mendedAfterMs)
  return () => clearTimeout(timer)
}

const roomCodes = new Set(['ENOSPC', 'EDQUOT'])

/** Null when waiting would not help. */
export function whyRefused(error: unknown): string | null {
  if (error instanceof StoreError && error.code === 'busy') return 'another process to let go of the database'
  const full = error instanceof StoreError ? error.code === 'full' : error instanceof Error && isRoomCode(error)
  return full ? 'free disk space: the disk that holds the home is full' : null
}

function isRoomCode(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && roomCodes.has(error.code)
}
