import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import type { Task } from '../../contract/job.ts'
import type { Ground } from '../process/gristmill.ts'

/** What no end of any process may do to a home: its database stays whole, and what it counts is what it holds. */
export async function expectSoundLedger(ground: Ground): Promise<void> {
  const db = new Database(join(ground.home, 'gristmill.db'), { readonly: true })
  try {
    expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(db.pragma('foreign_key_check')).toEqual([])
  } finally {
    db.close()
  }
  for (const job of await ground.jobs()) {
    const tasks = await ground.tasks(job.id)
    const { total, ...states } = job.tasks
    expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(total)
    expect(job.tasks).toEqual(countsOf(tasks))
    expect(job.attempts).toBe(tasks.reduce((sum, task) => sum + task.attempt, 0))
    expect(job.rows).toBe(tasks.reduce((sum, task) => sum + task.rows, 0))
    expect(job.bytes).toBe(tasks.reduce((sum, task) => sum + task.bytes, 0))
  }
}

function countsOf(tasks: readonly Task[]) {
  const count = (...states: Task['state'][]) => tasks.filter((task) => states.includes(task.state)).length
  return {
    total: tasks.length,
    succeeded: count('succeeded'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    replaced: count('replaced'),
    unfinished: count('pending', 'running'),
  }
}

export const isCommitted = (task: Task) => task.state === 'succeeded'
export const isUnderWay = (task: Task) => task.state === 'running'

/** What was committed before a kill is there after it, done by the same worker at the same time in its first attempt. */
export function expectKept(before: readonly Task[], after: readonly Task[]): void {
  for (const task of before.filter(isCommitted)) {
    expect(task.attempt).toBe(1)
    expect(after.find(({ id }) => id === task.id)).toEqual(task)
  }
}
