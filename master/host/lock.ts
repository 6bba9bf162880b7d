import { setTimeout as wait } from 'node:timers/promises'
import { takeLockFile, type LockFile } from '../store/lockFile.ts'
import { forgetHolder, noteHolder } from './holder.ts'

/** One master per home: who holds the lock is the master. `path` is the home's `lock.db`, after realpath. */

export type Lock = LockFile

/** Null while a living process, also this one, holds it. */
export function takeLock(path: string): Lock | null {
  const lock = takeLockFile(path)
  if (lock === null) return null
  noteHolder(path)
  let released = false
  return {
    release() {
      // Once: afterwards the note is another's.
      if (released) return
      released = true
      forgetHolder(path)
      lock.release()
    },
  }
}

/** Resolves once the lock is ours; rejects with the signal's reason when that comes first. */
export async function waitForLock(
  path: string,
  options: { signal?: AbortSignal; pollMs?: number } = {},
): Promise<Lock> {
  for (;;) {
    options.signal?.throwIfAborted()
    const lock = takeLock(path)
    if (lock !== null) return lock
    await pause(options)
  }
}

/** A timer that is called off says so in words of its own; the signal's reason is what callers know. */
async function pause({ signal, pollMs = 100 }: { signal?: AbortSignal; pollMs?: number }): Promise<void> {
  try {
    await wait(pollMs, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
