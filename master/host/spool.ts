import { randomUUID } from 'node:crypto'
import { open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Uploads } from './host.ts'
import { type Disk, diskFloor } from './scarcity.ts'
import { diskOf, megabytes } from './scarcityWatch.ts'
import { isWriterAlive, newSpoolName } from './spoolNames.ts'

/**
 * Files that people send before they belong to a job: each one streamed to a file of its own under the home's spool folder, whose name
 * says nothing. It never holds a file in memory, and leaves nothing of one that could not be received.
 */

export interface SpoolOptions {
  /** The home's spool folder; it exists. */
  folder: string
  maxBytes: number
  /** Looks at the disk of the folder. Absent: as it is. */
  disk?: (folder: string) => Promise<Disk>
}

export interface SpooledFile {
  path: string
  /** To be shown, and never used as a path. */
  name: string
  bytes: number
}

export interface Spool extends Uploads {
  /** What a token stands for; null when it is unknown, or known only to a host that has ended. */
  find(token: string): SpooledFile | null
  /** The file belongs to a job from now on: the token means nothing any more. */
  hand(token: string): void
  /** Keeps a text in a file of its own and gives its path. */
  keepText(text: string): Promise<string>
  /** Removes what no living process writes. `keep` are paths of jobs' inputs. Gives what it removed. */
  sweep(keep: Iterable<string>): Promise<string[]>
}

/** Free space is looked at again after this many bytes, or half of what is left if that is less. */
const checkEveryBytes = 64 * 1024 * 1024

/** What is sent cannot be kept: it is too large, or the disk needs the room that it would take. */
export class NoRoom extends Error {
  override name = 'NoRoom'
}

export function openSpool(options: SpoolOptions): Spool {
  const files = new Map<string, SpooledFile>()
  return {
    async receive(name, body) {
      const token = randomUUID()
      const path = join(options.folder, newSpoolName())
      try {
        const bytes = await keepBody(path, body, options)
        files.set(token, { path, name: displayName(name), bytes })
        return { ok: true, token, bytes }
      } catch (error) {
        return { ok: false, message: `cannot receive ${displayName(name)}: ${reasonOf(error)}` }
      }
    },
    async keepText(text) {
      const path = join(options.folder, newSpoolName())
      await writeNew(path, async (file) => {
        await file.writeFile(text)
        await file.sync()
        return text.length
      })
      return path
    },
    find: (token) => files.get(token) ?? null,
    hand: (token) => void files.delete(token),
    sweep: (keep) => sweep(options.folder, new Set(keep)),
  }
}

/** Streams `body` into a new file and syncs it. Throws, and leaves nothing, when it breaks off or there is no room for it. */
export async function keepBody(path: string, body: AsyncIterable<Uint8Array>, options: SpoolOptions): Promise<number> {
  try {
    return await writeNew(path, async (file) => {
      const bytes = await pour(file, body, options)
      await file.sync()
      return bytes
    })
  } catch (error) {
    await rm(path, { force: true })
    throw error instanceof Error && 'code' in error && error.code === 'ENOSPC'
      ? new NoRoom('its disk is full', { cause: error })
      : error
  }
}

/** For a page: the system's own words name the file in the spool. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return (error as NodeJS.ErrnoException).code ?? error.message
}

/** The last part of a path of any system, without what could disturb a terminal or a page; at most 255 characters. */
export function displayName(name: string): string {
  const last = name.split(/[/\\]/).findLast((part) => part !== '') ?? ''
  // Control characters, and those that turn the direction of text around.
  const plain = last.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '').trim()
  return Array.from(plain.toWellFormed()).slice(0, 255).join('') || 'upload'
}

async function writeNew(path: string, fill: (file: FileHandle) => Promise<number>): Promise<number> {
  const file = await open(path, 'wx', 0o600)
  try {
    return await fill(file)
  } finally {
    await file.close()
  }
}

async function pour(file: FileHandle, body: AsyncIterable<Uint8Array>, options: SpoolOptions): Promise<number> {
  let bytes = 0
  let checkAt = 0
  for await (const chunk of body) {
    if (bytes + chunk.length > options.maxBytes) throw new NoRoom(`it is larger than ${options.maxBytes} bytes`)
    if (bytes + chunk.length > checkAt)
      checkAt = bytes + Math.max(chunk.length, Math.min(checkEveryBytes, (await spareBytes(options, chunk.length)) / 2))
    await file.writeFile(chunk)
    bytes += chunk.length
  }
  return bytes
}

/** What may be taken of the disk, above the floor that jobs and the ledger work in; at least so much, or there is no room. */
async function spareBytes({ folder, disk: look = diskOf }: SpoolOptions, atLeast: number): Promise<number> {
  const disk = await look(folder)
  const spare = disk.freeBytes - diskFloor(disk)
  if (spare < atLeast)
    throw new NoRoom(
      `the disk that holds the home is almost full: ${megabytes(disk.freeBytes)} are free and ${megabytes(diskFloor(disk))} must stay so`,
    )
  return spare
}

async function sweep(folder: string, keep: ReadonlySet<string>): Promise<string[]> {
  const names = await readdir(folder)
  const left = names.filter((name) => !keep.has(join(folder, name)) && !isWriterAlive(name))
  const paths = left.map((name) => join(folder, name))
  for (const path of paths) await rm(path, { recursive: true, force: true })
  return paths
}
