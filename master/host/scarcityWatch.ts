import { statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { dirname } from 'node:path'
import type { FailureCode } from '../../contract/outcome.ts'
import type { WorkerLimit } from './host.ts'
import { descriptorsRefused, type Disk, diskFloor, diskRefused, limitOf, look, plenty } from './scarcity.ts'

/**
 * Looks after what a machine runs out of, while jobs are unfinished: room on the disks they write to, and memory. What follows is
 * scarcity.ts's to say; this looks, and passes it on when it changes.
 */
export interface ScarcityParts {
  cores: number
  /** Folders on whose disks unfinished jobs write; empty while there are none. */
  folders: () => string[]
  now: () => number
  onLimit: (limit: WorkerLimit | null) => void
}

export class ScarcityWatch {
  readonly #parts: ScarcityParts
  #standing = plenty
  #told: string | null = null

  constructor(parts: ScarcityParts) {
    this.#parts = parts
  }

  /** To be called every few seconds. */
  async look(): Promise<void> {
    const { folders, cores, now } = this.#parts
    const wanted = folders()
    if (wanted.length === 0 && this.#told === null) return
    const disks = await Promise.all([...new Set(wanted)].map(diskOf))
    this.#standing = look(this.#standing, { now: now(), cores, disks, memory: memoryNow() })
    this.#tell()
  }

  /** A task failed, for this reason. */
  refused(code: FailureCode): void {
    const { cores, now } = this.#parts
    if (code === 'disk-full') this.#standing = diskRefused(this.#standing, now())
    if (code === 'descriptors-short') this.#standing = descriptorsRefused(this.#standing, { now: now(), cores })
    this.#tell()
  }

  #tell(): void {
    const limit = limitOf(this.#standing, { now: this.#parts.now(), cores: this.#parts.cores })
    const why = limit?.why ?? null
    if (why === this.#told) return
    this.#told = why
    this.#parts.onLimit(limit)
  }
}

/** Of the folder, or of the nearest one above it that is there. */
export async function diskOf(folder: string): Promise<Disk> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { folder, freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || dirname(folder) === folder) throw error
    return { ...(await diskOf(dirname(folder))), folder }
  }
}

/** What a person should know before the work begins, when it may need more room than there is; null when it will do. */
export async function tightRoom(folders: readonly string[], bytes: number): Promise<string | null> {
  for (const disk of await Promise.all(folders.map(diskOf))) {
    const room = Math.max(0, disk.freeBytes - diskFloor(disk))
    if (bytes > room)
      return `This may need ${megabytes(bytes)} of disk, and the disk of ${disk.folder} has room for ${megabytes(room)}: should it run full, the job waits for room.`
  }
  return null
}

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`
}

/** macOS counts as free only what it has no use for at all, which says nothing. */
export function memoryNow(): { availableBytes: number; totalBytes: number } {
  const totalBytes = totalmem()
  return { availableBytes: process.platform === 'darwin' ? totalBytes : process.availableMemory(), totalBytes }
}
