import Database from 'better-sqlite3'
import { taskStateCodes } from '../../master/store/states.ts'
import type { Findings } from './findings.ts'

/** Looks at a ledger that nobody has open: whether the file is whole, and whether its tables tell the same story. */
export interface Totals {
  integrity: string
  jobs: number
  tasks: number
  attempts: number
  rejects: number
}

/** Each question names what does not add up; a sound ledger answers none of them. */
const questions: readonly (readonly [what: string, sql: string])[] = [
  [
    'a job counts its tasks otherwise than there are',
    `SELECT jobs.id FROM jobs LEFT JOIN tasks ON tasks.id >> 31 = number GROUP BY number
     HAVING total <> count(tasks.id) OR succeeded <> total(tasks.state = ${taskStateCodes.succeeded})
     OR failed <> total(tasks.state = ${taskStateCodes.failed}) OR cancelled <> total(tasks.state = ${taskStateCodes.cancelled})
     OR replaced <> total(tasks.state = ${taskStateCodes.replaced})`,
  ],
  [
    'a job counts attempts, rows, bytes or rejects otherwise than its tasks',
    `SELECT jobs.id FROM jobs JOIN tasks ON tasks.id >> 31 = number GROUP BY number
     HAVING attempts <> sum(attempt) OR jobs.rows <> sum(tasks.rows) OR jobs.bytes <> sum(tasks.bytes) OR jobs.rejects <> sum(tasks.rejects)`,
  ],
  [
    'a stage counts its tasks otherwise than there are',
    `SELECT stages.job || ' ' || stages.stage FROM stages JOIN tasks ON tasks.id >> 31 = stages.job AND tasks.stage = stages.stage
     GROUP BY stages.job, stages.stage
     HAVING total <> count(*) OR succeeded <> sum(state = ${taskStateCodes.succeeded})`,
  ],
  [
    'records were set aside by a task that has not succeeded, or in another number than it tells',
    `SELECT tasks.id FROM tasks LEFT JOIN rejects ON job = tasks.id >> 31 AND seq = tasks.id & 0x7fffffff GROUP BY tasks.id
     HAVING count(job) <> tasks.rejects OR (count(job) > 0 AND state <> ${taskStateCodes.succeeded})`,
  ],
  [
    'an attempt is on record that was never begun',
    'SELECT task FROM attempts LEFT JOIN tasks ON id = task WHERE id IS NULL OR attempts.attempt > tasks.attempt',
  ],
  ['a fence is beyond the next attempt', 'SELECT id FROM tasks WHERE fence > attempt + 1'],
  [
    'a job that is over has unfinished tasks',
    'SELECT jobs.id FROM jobs JOIN tasks ON tasks.id >> 31 = number WHERE jobs.state >= 4 AND tasks.state < 2',
  ],
]

export function audit(file: string, findings: Findings): Totals {
  const db = new Database(file, { readonly: true })
  try {
    const one = (sql: string) => db.prepare(sql).pluck().get() as number
    const problems = db.prepare('PRAGMA integrity_check').pluck().all() as string[]
    const integrity = problems.join('; ')
    if (integrity !== 'ok') findings.fault(`the ledger is damaged: ${integrity.slice(0, 500)}`)
    for (const [what, sql] of questions) {
      const found = db.prepare(sql).pluck().all()
      if (found.length > 0) findings.fault(`${what}: ${found.slice(0, 5).join(', ')} (${found.length} in all)`)
    }
    const silent = one("SELECT count(*) FROM attempts WHERE outcome = 'silent'")
    if (silent > findings.done.silencedWorkers)
      findings.fault(`${silent} workers were ended for silence, of which ${findings.done.silencedWorkers} were silent`)
    return {
      integrity,
      jobs: one('SELECT count(*) FROM jobs'),
      tasks: one('SELECT count(*) FROM tasks'),
      attempts: one('SELECT total(attempt) FROM tasks'),
      rejects: one('SELECT count(*) FROM rejects'),
    }
  } finally {
    db.close()
  }
}
