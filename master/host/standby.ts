import { setTimeout as wait } from 'node:timers/promises'
import { refuse, succeed, type CommandResult } from '../../contract/commandError.ts'
import { greet, tryHost } from './client.ts'
import { askToMakeWay } from './handover.ts'
import { isStill, readHolder, type Holder } from './holder.ts'
import type { HomePaths } from './home.ts'
import { takeLock, type Lock } from './lock.ts'

/**
 * Waiting to become a home's master. Only the kernel says when the lock is free: a master that is stopped, or too busy to answer, is
 * alive and keeps it. All that is done about one is to say so.
 */
export interface StandbyOptions {
  paths: Pick<HomePaths, 'lock' | 'socket'>
  tell: (sentence: string) => void
  signal?: AbortSignal
}

const pollMs = 100
/** A master that opens or closes answers nobody for a moment. */
const silentMs = 4000
const tellEveryMs = 60_000

/** Resolves with the lock as soon as its holder has let go of it, however it ended. */
export async function standBy({ paths, tell, signal }: StandbyOptions): Promise<Lock> {
  let lock = takeLock(paths.lock)
  if (lock !== null) return lock
  tell(`standing by: ${whoHolds(paths.lock)} holds the home`)
  const watch = new AbortController()
  // Not waited for in the end: a greeting under way takes up to two seconds, which the home need not be without a master.
  void watchHolder({ paths, tell, signal: watch.signal })
  try {
    while (lock === null) {
      await wait(pollMs, undefined, signal === undefined ? {} : { signal })
      lock = takeLock(paths.lock)
    }
    return lock
  } finally {
    watch.abort()
  }
}

/** Says, once a minute at most, that a master is there and does not answer. */
async function watchHolder({ paths, tell, signal }: StandbyOptions & { signal: AbortSignal }): Promise<void> {
  let answeredAt = performance.now()
  let toldAt = -Infinity
  while (!signal.aborted) {
    const answers = (await greet(paths.socket)) !== null
    const now = performance.now()
    if (answers) answeredAt = now
    else if (!signal.aborted && now - answeredAt >= silentMs && now - toldAt >= tellEveryMs) {
      tell(`${whoHolds(paths.lock)} holds the home but does not answer; waiting (--takeover would end it)`)
      toldAt = now
    }
    await pauseUnlessOver(signal)
  }
}

async function pauseUnlessOver(signal: AbortSignal): Promise<void> {
  try {
    await wait(1000, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function whoHolds(lock: string): string {
  const holder = readHolder(lock)
  return holder === null || isStill(holder) === false ? 'another process' : `the master (pid ${holder.pid})`
}

const makeWayMs = 5000

/**
 * Ends whoever holds the home's lock. One that answers is asked to make way, which loses nothing; one that does not, or does not
 * follow, is killed, once it is certain which process that is.
 */
export async function endHolder({ paths, tell }: StandbyOptions): Promise<CommandResult<null>> {
  if (isFree(paths.lock)) return succeed(null)
  if ((await makesWay(paths)) && (await untilFree(paths.lock, makeWayMs))) return succeed(null)
  const holder = readHolder(paths.lock)
  if (holder === null || !(await isCertain(holder, paths.socket)))
    return refuse(
      'unavailable',
      'cannot take over: which process holds the home cannot be told for certain',
      'end that process yourself',
    )
  tell(`ending the master (pid ${holder.pid}), which holds the home`)
  killProcess(holder.pid)
  return succeed(null)
}

function isFree(path: string): boolean {
  const lock = takeLock(path)
  lock?.release()
  return lock !== null
}

async function untilFree(path: string, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    if (isFree(path)) return true
    await wait(pollMs)
  }
  return false
}

/** True when it said that it would. */
async function makesWay(paths: Pick<HomePaths, 'socket'>): Promise<boolean> {
  const reached = await tryHost(paths.socket)
  if (reached === null || !reached.ok) return false
  const connection = reached.value
  try {
    const asked = await askToMakeWay(connection, { reason: 'another host takes over', patienceMs: makeWayMs })
    return asked.ok
  } catch {
    // It failed at it: whether it lets go all the same, the lock tells.
    return true
  } finally {
    connection.close()
  }
}

/** By the instant at which the process started, else by its own answer on the home's socket. */
async function isCertain(holder: Holder, socket: string): Promise<boolean> {
  return isStill(holder) ?? (await greet(socket))?.pid === holder.pid
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
