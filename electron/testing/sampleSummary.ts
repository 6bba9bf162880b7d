import type { JobBrief, JobSummary } from '../../contract/job.ts'

const base: JobBrief = {
  id: 'a',
  name: 'sample',
  kind: 'word-count',
  kindVersion: 1,
  state: 'running',
  params: {},
  paramsLeftOut: [],
  inputs: { first: [], count: 0, bytes: 0 },
  outDir: null,
  force: false,
  maxRejects: null,
  priority: 0,
  workers: null,
  split: null,
  tags: [],
  note: '',
  parentId: null,
  host: 'h',
  versions: {},
  createdAt: 0,
  startedAt: 0,
  finishedAt: null,
  tasks: { total: 0, succeeded: 0, failed: 0, cancelled: 0, replaced: 0, unfinished: 0 },
  attempts: 0,
  rejects: 0,
  bytes: 0,
  rows: 0,
  timing: { planMs: null, workMs: null, mergeMs: null, wallMs: null, cpuMs: null, overheadMsPerTask: null },
}

/** A job as the live feed tells of it, for tests of what the desktop makes of that. */
export function sampleSummary(fields: Partial<JobBrief> = {}, fraction: number | null = null): JobSummary {
  const progress = {
    stage: 's',
    fraction,
    bytesDone: 0,
    bytesTotal: null,
    bytesPerSecond: 0,
    remainingMs: null,
    waitingFor: null,
  }
  return { job: { ...base, ...fields }, progress, version: 1 }
}
