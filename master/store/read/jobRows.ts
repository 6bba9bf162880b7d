import type { Job, NewJob, Timing } from '../../../contract/job.ts'
import { jobStateOf } from '../states.ts'
import type { StoredJob } from '../store.ts'

/** The columns of a job as `jobColumns` selects them. */
export interface JobRow {
  number: number
  id: string
  kind: string
  state: number
  name: string
  priority: number
  workers: number | null
  created_at: number
  started_at: number | null
  finished_at: number | null
  plan_ms: number | null
  total: number
  succeeded: number
  failed: number
  cancelled: number
  replaced: number
  attempts: number
  rejects: number
  bytes: number
  rows: number
  work_ms: number
  merge_ms: number
  cpu_ms: number
  tags: string
  note: string
  kind_version: number
  out_dir: string | null
  force: number
  split: number | null
  max_rejects: number | null
  parent_id: string | null
  host: string
  versions: string
  params: string
  inputs: string
  /** Workers that have ended a task of it. */
  participants: number
}

export const selectJobs = `SELECT jobs.*, requests.*, (SELECT count(*) FROM shares WHERE shares.job = number) AS participants
  FROM jobs JOIN requests ON requests.job = number`

export function newJobOf(row: JobRow): NewJob {
  return {
    number: row.number,
    id: row.id,
    name: row.name,
    kind: row.kind,
    kindVersion: row.kind_version,
    params: JSON.parse(row.params) as NewJob['params'],
    inputs: JSON.parse(row.inputs) as NewJob['inputs'],
    outDir: row.out_dir,
    force: row.force === 1,
    priority: row.priority,
    workers: row.workers,
    maxRejects: row.max_rejects,
    split: row.split,
    tags: JSON.parse(row.tags) as string[],
    note: row.note,
    parentId: row.parent_id,
    host: row.host,
    versions: JSON.parse(row.versions) as NewJob['versions'],
    createdAt: row.created_at,
  }
}

export function storedJobOf(row: JobRow): StoredJob {
  const { number, ...asked } = newJobOf(row)
  const { total, succeeded, failed, cancelled, replaced } = row
  const job: Job = {
    ...asked,
    state: jobStateOf(row.state),
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    tasks: {
      total,
      succeeded,
      failed,
      cancelled,
      replaced,
      unfinished: total - succeeded - failed - cancelled - replaced,
    },
    attempts: row.attempts,
    rejects: row.rejects,
    bytes: row.bytes,
    rows: row.rows,
    timing: timingOf(row),
  }
  return { number, job }
}

/** Sums are known as far as they go once the job has started, the wall time and what splitting cost when it has ended. */
function timingOf(row: JobRow): Timing {
  const started = row.started_at !== null
  const wallMs = row.started_at === null || row.finished_at === null ? null : row.finished_at - row.started_at
  return {
    planMs: row.plan_ms,
    workMs: started ? row.work_ms : null,
    mergeMs: started ? row.merge_ms : null,
    wallMs,
    cpuMs: started ? row.cpu_ms : null,
    overheadMsPerTask: wallMs === null ? null : overheadOf(row, wallMs),
  }
}

/** Worker time that went into no task, by task. Workers are those asked for, else those that took part. */
function overheadOf(row: JobRow, wallMs: number): number | null {
  const workers = row.workers ?? row.participants
  if (row.total === 0 || row.participants === 0) return null
  return Math.max(0, (wallMs * workers - row.work_ms - row.merge_ms) / row.total)
}
