import type { RecordPlace } from './outcome.ts'

/**
 * What a worker notes of what it is at, so that it is known when it dies without a word: written over and over into one small file, read
 * by the master after the worker's end. The bytes of a finished write survive whatever ends the process.
 */
export interface Crumb {
  /** The task begun last. */
  seq: number
  attempt: number
  /** The record that it is at, where the attempt is careful; null between records. */
  at: RecordPlace | null
}

export const crumbBytes = 56
/** "crmb" */
const mark = 0x63726d62
const numbersFrom = 8

export function encodeCrumb(view: DataView, { seq, attempt, at }: Crumb): void {
  view.setUint32(0, mark, true)
  view.setUint32(4, at === null ? 0 : 1, true)
  const numbers = [seq, attempt, at?.input ?? 0, at?.piece ?? 0, at?.record ?? 0, at?.offset ?? 0]
  for (const [index, number] of numbers.entries()) view.setFloat64(numbersFrom + 8 * index, number, true)
}

/** Null when nothing has been written there yet. */
export function decodeCrumb(bytes: Uint8Array): Crumb | null {
  if (bytes.length < crumbBytes) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, crumbBytes)
  if (view.getUint32(0, true) !== mark) return null
  const number = (index: number) => view.getFloat64(numbersFrom + 8 * index, true)
  const at = { input: number(2), piece: number(3), record: number(4), offset: number(5) }
  return { seq: number(0), attempt: number(1), at: view.getUint32(4, true) === 1 ? at : null }
}
