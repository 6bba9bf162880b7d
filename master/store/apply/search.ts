import type { Database } from 'better-sqlite3'
import { statement } from '../statements.ts'

/** Keeps the one row that the search has of each job in step with the tables it is made from. */

/** Errors that differ only in a figure could be endless: so many are told apart, so long. */
const mostErrorTexts = 100
const longestErrorText = 1000

export function indexJob(db: Database, job: number): void {
  statement(
    db,
    `INSERT INTO search (rowid, name, kind, params, inputs, note, tags, errors)
     SELECT number, name, kind, params,
       (SELECT group_concat((value ->> 'name') || char(10) || (value ->> 'path'), char(10)) FROM json_each(inputs)),
       note,
       (SELECT group_concat(value, char(10)) FROM json_each(tags)),
       (SELECT group_concat(text, char(10)) FROM error_texts WHERE job = number)
     FROM jobs JOIN requests ON job = number WHERE number = ?`,
  ).run(job)
}

export function unindexJob(db: Database, job: number): void {
  statement(db, 'DELETE FROM search WHERE rowid = ?').run(job)
}

export function reindexJob(db: Database, job: number): void {
  unindexJob(db, job)
  indexJob(db, job)
}

/** Makes a job findable by an error's text, when it is a new one. */
export function keepErrorText(db: Database, job: number, text: string): void {
  const { changes } = statement(
    db,
    `INSERT INTO error_texts (job, text) SELECT @job, @text
     WHERE (SELECT count(*) FROM error_texts WHERE job = @job) < ${mostErrorTexts} ON CONFLICT DO NOTHING`,
  ).run({ job, text: text.slice(0, longestErrorText) })
  if (changes === 1) reindexJob(db, job)
}
