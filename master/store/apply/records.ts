import type { Database } from 'better-sqlite3'
import type { Accepted } from '../../../contract/ledger.ts'
import { taskId } from '../keys.ts'
import { statement } from '../statements.ts'
import type { LedgerWriter, TransitionOf } from './ledgerWriter.ts'
import { keepErrorText } from './search.ts'

/** What is kept beside jobs and tasks: operations, attempts, artifacts, rejects, events, samples, the partial answer. */

export function makeOperation({ db }: LedgerWriter, { job, operation }: TransitionOf<'operationMade'>): Accepted {
  statement(
    db,
    'INSERT INTO operations (job, ordinal, id, type, stage, hash) VALUES (@job, @ordinal, @id, @type, @stage, @hash)',
  ).run({ job, ...operation })
  return [true]
}

export function answerOperation({ db }: LedgerWriter, answered: TransitionOf<'operationAnswered'>): Accepted {
  const { changes } = statement(db, 'UPDATE operations SET answer = ? WHERE job = ? AND id = ?').run(
    JSON.stringify(answered.answer),
    answered.job,
    answered.operation,
  )
  return [changes === 1]
}

export function keepPartial({ db }: LedgerWriter, { job, partial }: TransitionOf<'partialAnswered'>): Accepted {
  statement(db, 'UPDATE results SET partial = ? WHERE job = ?').run(JSON.stringify(partial), job)
  return [true]
}

/** The first account of an attempt holds. */
export function endAttempt({ db }: LedgerWriter, { job, attempt: ended }: TransitionOf<'attemptEnded'>): Accepted {
  const { seq, ...facts } = ended
  const { changes } = statement(
    db,
    `INSERT INTO attempts (task, attempt, worker, started_at, ended_at, outcome, message, stack, exit_code, signal,
     peak_memory_bytes, log_tail, bytes, rows, place)
     SELECT @task, @attempt, @worker, @startedAt, @endedAt, @outcome, @message, @stack, @exitCode, @signal,
     @peakMemoryBytes, @logTail, @bytes, @rows, @place WHERE EXISTS (SELECT 1 FROM tasks WHERE id = @task) ON CONFLICT DO NOTHING`,
  ).run({ task: taskId(job, seq), ...facts, place: facts.place === null ? null : JSON.stringify(facts.place) })
  if (changes === 1 && ended.message !== null) keepErrorText(db, job, ended.message)
  return [changes === 1]
}

/** A file made again under the same name takes the place of the first. */
export function keepArtifact({ db }: LedgerWriter, { job, artifact }: TransitionOf<'artifactMade'>): Accepted {
  statement(
    db,
    `INSERT INTO artifacts (job, name, path, bytes, media_type, sha256, rows)
     VALUES (@job, @name, @path, @bytes, @mediaType, @sha256, @rows)
     ON CONFLICT (job, name) DO UPDATE SET path = excluded.path, bytes = excluded.bytes, media_type = excluded.media_type,
     sha256 = excluded.sha256, rows = excluded.rows`,
  ).run({ job, ...artifact })
  return [true]
}

/** A record that two attempts of a task set aside is kept once. */
export function keepRejects({ db }: LedgerWriter, { job, seq, records }: TransitionOf<'rejected'>): Accepted {
  const rows = records.map(({ input, offset, piece, record, reason, raw }) => [
    input,
    offset,
    piece,
    record,
    reason,
    raw,
  ])
  statement(
    db,
    `INSERT INTO rejects (job, input, offset, seq, piece, record, reason, raw)
     SELECT ?, value ->> 0, value ->> 1, ?, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)
     WHERE true ON CONFLICT DO NOTHING`,
  ).run(job, seq, JSON.stringify(rows))
  return [true]
}

export function keepEvent({ db }: LedgerWriter, { job, event }: TransitionOf<'told'>): Accepted {
  statement(db, 'INSERT INTO events (job, at, type, text) VALUES (@job, @at, @type, @text)').run({ job, ...event })
  return [true]
}

const mostSamples = 600
/** 2^30 seconds are 34 years: thinning ends there whatever it finds. */
const highestLevel = 30

/**
 * Thinned evenly however long a job runs: of the seconds since the epoch, those that 2^level divides are kept, and the level grows
 * whenever there are too many.
 */
export function keepSamples({ db }: LedgerWriter, { job, samples }: TransitionOf<'sampled'>): Accepted {
  const rows = samples.map((sample) => [
    sample.at,
    sample.worker,
    sample.memoryBytes,
    sample.cpuFraction,
    sample.bytesPerSecond,
  ])
  statement(
    db,
    `INSERT INTO samples (job, at, worker, memory_bytes, cpu_fraction, bytes_per_second)
     SELECT number, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM jobs, json_each(@rows)
     WHERE number = @job AND CAST(floor((value ->> 0) / 1000) AS INTEGER) % (1 << sample_level) = 0
     ON CONFLICT DO NOTHING`,
  ).run({ job, rows: JSON.stringify(rows) })
  thinSamples(db, job)
  return [true]
}

function thinSamples(db: Database, job: number): void {
  const count = statement(db, 'SELECT count(*) FROM samples WHERE job = ?').pluck()
  const level = statement(db, 'SELECT sample_level FROM jobs WHERE number = ?').pluck()
  const raise = statement(db, 'UPDATE jobs SET sample_level = sample_level + 1 WHERE number = ?')
  const thin = statement(
    db,
    `DELETE FROM samples WHERE job = @job AND CAST(floor(at / 1000) AS INTEGER) %
     (SELECT 1 << sample_level FROM jobs WHERE number = @job) <> 0`,
  )
  while ((count.get(job) as number) > mostSamples && (level.get(job) as number) < highestLevel) {
    raise.run(job)
    thin.run({ job })
  }
}
