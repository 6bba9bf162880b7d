import type { WorkerLimit } from './host.ts'

/**
 * What follows from little room on a disk, little memory and too few file descriptors: how many workers get work, and why. Pure: it is
 * told what was seen, and gives what holds from then on.
 *
 * - A disk below its floor quiets the fleet until there is a quarter more than the floor. A task that found its disk full quiets it for
 *   5 s, twice as long each time that the next try finds it full again, at most 2 min.
 * - Memory below its floor halves the workers at each look; with twice the floor one more gets work at each look.
 * - A refusal of a file descriptor halves the workers; after each half minute without one, one more gets work.
 */

export interface Look {
  now: number
  /** Workers of the fleet. */
  cores: number
  disks: Disk[]
  memory: { availableBytes: number; totalBytes: number }
}

/** A file system on which jobs write. */
export interface Disk {
  folder: string
  freeBytes: number
  sizeBytes: number
}

export interface Scarcity {
  /** The folder of which the disk is short of room. */
  shortDisk: string | null
  refusal: { until: number; waitMs: number } | null
  /** Workers that memory allows, and that file descriptors do; null is all. */
  memoryWorkers: number | null
  descriptors: { workers: number; growAt: number } | null
}

export const plenty: Scarcity = { shortDisk: null, refusal: null, memoryWorkers: null, descriptors: null }

const mib = 1024 ** 2
const mostDiskFloorBytes = 256 * mib
const mostMemoryFloorBytes = 512 * mib
/** Floors are smaller where the whole is small. */
const floorShare = 0.05
const firstWaitMs = 5000
const longestWaitMs = 120_000
const descriptorsGrowMs = 30_000

export function diskFloor({ sizeBytes }: Pick<Disk, 'sizeBytes'>): number {
  return Math.min(mostDiskFloorBytes, floorShare * sizeBytes)
}

function memoryFloor({ totalBytes }: { totalBytes: number }): number {
  return Math.min(mostMemoryFloorBytes, floorShare * totalBytes)
}

export function look(before: Scarcity, seen: Look): Scarcity {
  return {
    shortDisk: shortDisk(before.shortDisk, seen.disks),
    refusal: before.refusal !== null && seen.now > before.refusal.until + before.refusal.waitMs ? null : before.refusal,
    memoryWorkers: memoryWorkers(before.memoryWorkers, seen),
    descriptors: moreDescriptors(before.descriptors, seen),
  }
}

/** A task could not write: its disk was full. */
export function diskRefused(before: Scarcity, now: number): Scarcity {
  // Others that were under way when the first found it full say nothing new.
  if (before.refusal !== null && now < before.refusal.until) return before
  const waitMs = before.refusal === null ? firstWaitMs : Math.min(longestWaitMs, 2 * before.refusal.waitMs)
  return { ...before, refusal: { until: now + waitMs, waitMs } }
}

/** A task could not open a file: there are no descriptors left. */
export function descriptorsRefused(before: Scarcity, { now, cores }: Pick<Look, 'now' | 'cores'>): Scarcity {
  const workers = Math.max(1, Math.floor((before.descriptors?.workers ?? cores) / 2))
  return { ...before, descriptors: { workers, growAt: now + descriptorsGrowMs } }
}

/** Null when every worker may get work. */
export function limitOf(scarcity: Scarcity, { now, cores }: Pick<Look, 'now' | 'cores'>): WorkerLimit | null {
  const { shortDisk: folder, refusal, memoryWorkers: byMemory, descriptors } = scarcity
  if (folder !== null) return { workers: 0, why: `the disk of ${folder} is almost full; work goes on when it has room` }
  if (refusal !== null && now < refusal.until)
    return { workers: 0, why: 'a disk was full when a task wrote; work is tried again shortly' }
  const byDescriptors = descriptors?.workers ?? cores
  const workers = Math.min(byMemory ?? cores, byDescriptors)
  if (workers >= cores) return null
  const cause = workers === byDescriptors ? 'too few files may be open' : 'memory is short'
  return { workers, why: `${cause}; ${workers} of ${cores} workers get work` }
}

function shortDisk(before: string | null, disks: readonly Disk[]): string | null {
  const short = disks.find((disk) => {
    const floor = diskFloor(disk)
    return disk.freeBytes < (disk.folder === before ? 1.25 * floor : floor)
  })
  return short?.folder ?? null
}

function memoryWorkers(before: number | null, { memory, cores }: Look): number | null {
  const workers = before ?? cores
  const floor = memoryFloor(memory)
  if (memory.availableBytes < floor) return Math.max(1, Math.floor(workers / 2))
  if (before === null || memory.availableBytes < 2 * floor) return before
  return workers + 1 >= cores ? null : workers + 1
}

function moreDescriptors(before: Scarcity['descriptors'], { now, cores }: Look): Scarcity['descriptors'] {
  if (before === null || now < before.growAt) return before
  return before.workers + 1 >= cores ? null : { workers: before.workers + 1, growAt: now + descriptorsGrowMs }
}
