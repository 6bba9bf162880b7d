import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { crashPoint } from '../../contract/crashPoint.ts'

/**
 * A folder of files that may go at any time: each is a line that says what it is, bytes, and a checksum over both, written beside its place
 * and renamed into it when it is whole. The time of its change is that of its last use.
 */
const checksumBytes = 32
const partSuffix = '.part'
/** Nobody writes at one file for so long: whoever did is gone. */
const leftAfterMs = 60 * 60 * 1000

/** `damaged` when it is not what was written, null when there is none. */
export function readKept(path: string): { head: string; body: Uint8Array } | 'damaged' | null {
  const bytes = unlessGone(() => readFileSync(path))
  if (bytes === null) return null
  const end = Math.max(0, bytes.length - checksumBytes)
  const lineEnd = bytes.subarray(0, end).indexOf('\n')
  if (lineEnd < 0 || !sha256(bytes.subarray(0, end)).equals(bytes.subarray(end))) return 'damaged'
  return { head: bytes.toString('utf8', 0, lineEnd), body: bytes.subarray(lineEnd + 1, end) }
}

export function writeKept(path: string, head: string, body: Uint8Array): void {
  const whole = Buffer.concat([Buffer.from(`${head}\n`), body])
  const part = `${path}.${randomBytes(6).toString('hex')}${partSuffix}`
  try {
    const fd = openSync(part, 'wx', 0o600)
    try {
      for (const bytes of [whole, sha256(whole)])
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done)
      crashPoint('kept-written')
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

/** A use puts a file behind those that were not used for longer. */
export function markUsed(path: string, now: Date): void {
  unlessGone(() => utimesSync(path, now, now))
}

/** What is there, the longest unused first. */
export function listKept(folder: string): { path: string; bytes: number; usedAt: number }[] {
  const names = unlessGone(() => readdirSync(folder)) ?? []
  return names
    .flatMap((name) => {
      const path = join(folder, name)
      const stat = statSync(path, { throwIfNoEntry: false })
      return stat?.isFile() === true ? [{ path, bytes: stat.size, usedAt: stat.mtimeMs }] : []
    })
    .toSorted((one, other) => one.usedAt - other.usedAt)
}

export interface Limits {
  mostBytes?: number
  /** What was used last before this instant goes in any case. */
  unusedBefore?: number
  now: number
}

/** Removes the longest unused files until the rest is within the limits, and what was left half written long ago. Tells what it frees. */
export function trimKept(
  folder: string,
  { mostBytes = Number.POSITIVE_INFINITY, unusedBefore = 0, now }: Limits,
): number {
  const files = listKept(folder)
  let left = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let freed = 0
  for (const { path, bytes, usedAt } of files) {
    const isLeft = path.endsWith(partSuffix) && usedAt < now - leftAfterMs
    if (left <= mostBytes && !isLeft && usedAt >= unusedBefore) continue
    rmSync(path, { force: true })
    left -= bytes
    freed += bytes
  }
  return freed
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function unlessGone<Result>(act: () => Result): Result | null {
  try {
    return act()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
