import { setTimeout as wait } from 'node:timers/promises'
import { StoreError } from '../store/store.ts'

/**
 * Does what the disk refuses again and again until it lets it: a full disk, or a ledger that another process keeps busy, is nothing
 * that ends a host. While it waits, nothing new is decided, so that nothing is dispatched: the fleet falls quiet by itself.
 */
export interface InsistParts {
  /** Told once when something is refused, with the reason in a person's words, and with null when it goes on. */
  onHeldUp(why: string | null): void
  /** Absent: with `setTimeout`. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

const firstPauseMs = 100
const longestPauseMs = 2000

export class Insistence {
  readonly #parts: InsistParts
  readonly #over = new AbortController()
  #heldUp = false

  constructor(parts: InsistParts) {
    this.#parts = parts
  }

  get heldUp(): boolean {
    return this.#heldUp
  }

  /** Nothing is tried again from now on: what is refused is thrown. */
  giveUp(): void {
    this.#over.abort()
  }

  async until<T>(act: () => Promise<T>): Promise<T> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        const done = await act()
        this.#tell(null)
        return done
      } catch (error) {
        const why = whyRefused(error)
        if (why === null || this.#over.signal.aborted) throw error
        this.#tell(why)
        await this.#pause(pauseMs)
      }
    }
  }

  #tell(why: string | null): void {
    if (this.#heldUp === (why !== null)) return
    this.#heldUp = why !== null
    this.#parts.onHeldUp(why)
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

const roomCodes = new Set(['ENOSPC', 'EDQUOT'])

/** Null when waiting would not help. */
function whyRefused(error: unknown): string | null {
  if (error instanceof StoreError && error.code === 'busy') return 'another process to let go of the database'
  const full = error instanceof StoreError ? error.code === 'full' : error instanceof Error && isRoomCode(error)
  return full ? 'free disk space: the disk that holds the home is full' : null
}

function isRoomCode(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && roomCodes.has(error.code)
}
