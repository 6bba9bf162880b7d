import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Task } from '../../contract/job.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import { jobByNumber, readLastNumber } from '../../master/store/read/jobs.ts'
import { readTasks } from '../../master/store/read/tasks.ts'
import type { Ground } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'
import { isCommitted, isUnderWay } from './ledger.ts'

/**
 * Stops processes in the midst of a job: they run for moments, and between these the ledger is looked at while they stand still. So
 * no machine is too fast to be caught with one task committed and another under way, and what is seen is so when the kill comes.
 */
export interface Wanted {
  /** The host's process. */
  host: number
  stop: 'host' | 'workers'
  /** More that should hold of the tasks. */
  also?: (tasks: Task[]) => boolean
}

const stepMs = 10

export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, signal)
}

/** At least one task is committed and one under way, and what should be stopped stands still. Gives the tasks. */
export async function freeze(ground: Ground, { host, stop, also = () => true }: Wanted): Promise<Task[]> {
  const pids = () => (stop === 'host' ? [host] : ground.workersOf(host))
  await until('workers of the host', () => ground.workersOf(host).length > 0)
  await until('a task committed and one under way', async () => {
    const stopped = pids()
    signalAll(stopped, 'SIGSTOP')
    const { tasks, over } = lastJob(ground)
    if (over) throw new Error('the job was over before the moment came')
    if (tasks.some(isCommitted) && tasks.some(isUnderWay) && also(tasks)) return true
    signalAll(stopped, 'SIGCONT')
    await pause(stepMs)
    return false
  })
  return await ground.tasks()
}

/** Read past the command line, which would take longer than the job's own steps do. */
export function lastJob(ground: Ground): { tasks: Task[]; over: boolean } {
  const file = join(ground.home, 'gristmill.db')
  if (!existsSync(file)) return { tasks: [], over: false }
  const db = new Database(file, { readonly: true })
  try {
    const number = readLastNumber(db)
    const { tasks } = readTasks(db, number, { limit: 1_000_000, offset: 0 })
    const state = jobByNumber(db, number)?.job.state
    return { tasks, over: state !== undefined && finalJobStates.has(state) }
  } catch (error) {
    // Stopped while it made the tables or put them in order: nothing to see yet.
    if (error instanceof Database.SqliteError) return { tasks: [], over: false }
    throw error
  } finally {
    db.close()
  }
}
