import { setTimeout } from 'node:timers/promises'

/**
 * Whether stdin is a list that is still being written, or a file in other clothes. What ends at once, or comes in such amounts that nobody
 * types it, is kept as a file before its job is made; where it pauses, or goes on for long, its items are taken one by one as they come.
 */
export interface Ahead {
  open: boolean
  /** All of it, what was looked at included. */
  stream: AsyncIterable<Uint8Array>
}

const pauseMs = 300
const patienceMs = 2000
const mostBytes = 4 * 1024 * 1024

type Chunk = IteratorResult<Uint8Array, unknown>

export async function lookAhead(source: AsyncIterable<Uint8Array>): Promise<Ahead> {
  const iterator = source[Symbol.asyncIterator]()
  const seen: Uint8Array[] = []
  const late = new AbortController()
  const patience = setTimeout(patienceMs, 'late' as const, { signal: late.signal }).catch(() => 'late' as const)
  let bytes = 0
  try {
    for (;;) {
      const coming = iterator.next()
      const next = await beforePause(coming, patience)
      if (next === 'late') return { open: true, stream: rest(seen, coming, iterator) }
      if (next.done === true) return { open: false, stream: rest(seen, coming, iterator) }
      seen.push(next.value)
      bytes += next.value.length
      if (bytes > mostBytes) return { open: false, stream: rest(seen, iterator.next(), iterator) }
    }
  } finally {
    late.abort()
  }
}

async function beforePause(coming: Promise<Chunk>, patience: Promise<'late'>): Promise<Chunk | 'late'> {
  const over = new AbortController()
  const pause = setTimeout(pauseMs, 'late' as const, { signal: over.signal }).catch(() => 'late' as const)
  try {
    return await Promise.race([coming, pause, patience])
  } finally {
    over.abort()
  }
}

async function* rest(
  seen: readonly Uint8Array[],
  coming: Promise<Chunk>,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* seen
  for (let next = await coming; next.done !== true; next = await iterator.next()) yield next.value
}
