import type { Kind } from '../../contract/kind.ts'
import { defaultLimits, type Limits } from '../fleet/watchdog.ts'

/** What the workers of this machine must keep to. Pure: the machine's figures are passed in. */

export interface Machine {
  /** What this process may have of the machine's memory. */
  memoryBytes: number
  cores: number
  env: Readonly<Record<string, string | undefined>>
}

/** All workers together may have this share; the rest is the person's, the master's and the disk cache's. */
const sharedByAll = 0.75
/** A worker that takes more would drag everything else down before it failed by itself. */
const mostOfAll = 0.5
/** With less a kind's own tables and buffers would not fit; on machines with many cores workers may so be promised more than there is. */
const leastBytes = 1024 ** 3

/** What tasks that say how much memory they take may take together. */
export function sharedMemory(memoryBytes: number): number {
  return sharedByAll * memoryBytes
}

/** A fair share of three quarters of the memory, at least 1 GiB, at most half of all. */
export function memoryPerWorker({ memoryBytes, cores, env }: Machine): number {
  const wishedMb = Number(env['GRISTMILL_WORKER_MEMORY_MB'])
  if (wishedMb > 0) return wishedMb * 1024 ** 2
  return Math.min(mostOfAll * memoryBytes, Math.max(leastBytes, (sharedByAll * memoryBytes) / Math.max(1, cores)))
}

/** With the limits that kinds have of their own. */
export function workerLimits(kinds: readonly Kind[], machine: Machine): Limits {
  const own = <Name extends keyof Kind['limits']>(name: Name) =>
    Object.fromEntries(kinds.flatMap(({ id, limits }) => (limits[name] === undefined ? [] : [[id, limits[name]]])))
  return {
    ...defaultLimits,
    memoryBytes: memoryPerWorker(machine),
    noProgressMsByKind: own('noProgressMs'),
    memoryBytesByKind: own('memoryBytes'),
  }
}
