import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { bootId, startTicks } from './processStart.ts'

/**
 * Who holds a home's lock, written beside it for whoever finds it held: a lock does not tell its holder. Only a hint, believed as far
 * as the process that it names is still the one that wrote it.
 */
const holderSchema = z.strictObject({
  pid: z.int().positive(),
  /** When the process started, in the kernel's own words; null where the kernel does not tell. */
  start: z.string().nullable(),
})
export type Holder = z.infer<typeof holderSchema>

function pathOf(lock: string): string {
  return `${lock}.holder`
}

/** For the holder, right after it has taken the lock. A disk that is full keeps nobody from being the master. */
export function noteHolder(lock: string): void {
  const path = pathOf(lock)
  const fresh = `${path}.new`
  try {
    const holder: Holder = { pid: process.pid, start: startOf(process.pid) }
    writeFileSync(fresh, JSON.stringify(holder), { mode: 0o600 })
    renameSync(fresh, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    for (const stale of [fresh, path]) rmSync(stale, { recursive: true, force: true })
  }
}

/** For the holder, before it lets go; another's note, who took a lock that was removed under this one, stays. */
export function forgetHolder(lock: string): void {
  const holder = readHolder(lock)
  if (holder === null || holder.pid === process.pid) rmSync(pathOf(lock), { force: true })
}

/** Null when nobody is noted, or what is noted is not a holder. */
export function readHolder(lock: string): Holder | null {
  try {
    return holderSchema.safeParse(JSON.parse(readFileSync(pathOf(lock), 'utf8'))).data ?? null
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      return null
    throw error
  }
}

/** Whether the process that wrote it still lives: a number alone may be another's by now. Null where the kernel does not tell. */
export function isStill({ pid, start }: Holder): boolean | null {
  if (start === null) return null
  return startOf(pid) === start
}

/** With the boot before it: ticks count from there. Null for no such process, or where the system does not tell. */
function startOf(pid: number): string | null {
  const ticks = startTicks(pid)
  return ticks === null ? null : `${bootId()} ${ticks}`
}
