import { createHash } from 'node:crypto'
import { type BigIntStats, fstatSync } from 'node:fs'
import { join } from 'node:path'
import { type Json, canonicalJson } from '../../contract/json.ts'
import type { RunContext } from '../../contract/run.ts'
import { cellsOfInput } from '../bytes/grid.ts'
import { inputOf } from '../bytes/read.ts'
import { ownTableOf } from './context.ts'
import { markUsed, readKept, trimKept, writeKept } from './keptFiles.ts'
import { isWorthKeeping } from './plan.ts'
import { type InputIndex, bytesOf, placeDoubles } from './starts.ts'

/**
 * What the index says of an input, kept in the home for the next job over the same version of it that reads it the same way. Version means
 * the input's fingerprint (size, time of change, inode, first and last 64 KiB) and when the file system saw it change, which nobody can
 * set back: so one byte in the middle that was changed with the time of change put back is a change too.
 */
export type KeepingContext = Pick<RunContext, 'inputs' | 'open' | 'log' | 'indexes'>

/** Goes up when the same input would get another index. */
const formatVersion = 1
/** Of all that is kept; of an input of some gigabytes it is about 100 KB. */
const mostBytes = 64 * 1024 * 1024

/** Null when there is none that is whole and of this version. */
export function findIndex(context: KeepingContext, input: number): InputIndex | null {
  const entry = entryOf(context, input)
  if (entry === null) return null
  const kept = readable(context, entry.path)
  if (kept?.head !== entry.head) return null
  const doubles = new Float64Array(Uint8Array.from(kept.body).buffer)
  const places = (cellsOfInput(inputOf(context, input)) + 1) * placeDoubles
  unlessRefused(context, 'its use is not noted', () => markUsed(entry.path, new Date()))
  return { places: doubles.subarray(0, places), broken: doubles.subarray(places) }
}

/**
 * Keeps what was made of the bytes that stood in the input after `lookedAt`. Not of an input that had changed only just before: what
 * changes it again within one tick of the file system's clock would not be seen. What the disk refuses is not kept.
 */
export function keepIndex(
  context: KeepingContext,
  input: number,
  { index, lookedAt }: { index: InputIndex; lookedAt: number },
): void {
  const entry = entryOf(context, input)
  if (entry === null || !wasSettled(entry.stat, lookedAt)) return
  const body = Buffer.concat([bytesOf(index.places), bytesOf(index.broken)])
  unlessRefused(context, 'an index is not kept', () => writeKept(entry.path, entry.head, body))
}

/** To be called when some were kept. */
export function trimIndexes(context: KeepingContext, now: number): void {
  const { indexes } = context
  if (indexes === null) return
  unlessRefused(context, 'old indexes are not removed', () => trimKept(indexes, { mostBytes, now }))
}

interface Entry {
  path: string
  /** What tells this version of the input from others. */
  head: string
  stat: BigIntStats
}

/** Where the index of an input is kept, if it is. */
function entryOf(context: KeepingContext, index: number): Entry | null {
  const input = inputOf(context, index)
  if (context.indexes === null || !isWorthKeeping(input)) return null
  const { format, compression, encoding, dialect, columns, dataStart } = ownTableOf(input)
  const { path, cellBytes, cellEnds = null, fingerprint } = input
  // Lines with nothing on them are records in tables of one column.
  const reading = { format, compression, encoding, dialect, keepsBlank: columns.length <= 1, dataStart }
  const place = { path, reading, cellBytes, cellEnds }
  const stat = fstatSync(context.open(index), { bigint: true })
  const { bytes, modifiedAt, inode, headTail } = fingerprint
  const version = { ...place, bytes, modifiedAt, inode, headTail, changedAt: stat.ctimeNs.toString() }
  return {
    path: join(context.indexes, `${hashOf(place).slice(0, 32)}.index`),
    head: `gristmill index ${formatVersion} ${hashOf(version)}`,
    stat,
  }
}

function readable(context: KeepingContext, path: string): Exclude<ReturnType<typeof readKept>, 'damaged'> {
  const kept = unlessRefused(context, 'a kept index cannot be read', () => readKept(path)) ?? null
  if (kept !== 'damaged') return kept
  context.log(`the kept index ${path} is damaged: it is made afresh`)
  return null
}

/** Some file systems count whole seconds, FAT two of them; others go by a clock that ticks at least each 16 ms. */
function wasSettled({ ctimeNs }: BigIntStats, lookedAt: number): boolean {
  const tickMs = ctimeNs % 1_000_000_000n === 0n ? 2000 : 50
  return Number(ctimeNs / 1_000_000n) + tickMs < lookedAt
}

/** Work goes on without what the system refuses here. */
function unlessRefused<Result>(context: KeepingContext, otherwise: string, act: () => Result): Result | undefined {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    context.log(`${otherwise}: ${error.message}`)
    return undefined
  }
}

function hashOf(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
