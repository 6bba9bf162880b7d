import type { Delta } from '../../contract/api.ts'
import type { JobSummary, Progress } from '../../contract/job.ts'
import type { JobState } from '../../contract/transitions.ts'

/** Plain values for the unit tests beside this file; nothing else imports it. */
export function aProgress(fraction: number | null): Progress {
  return {
    stage: 'count',
    fraction,
    bytesDone: fraction === null ? 0 : fraction * 1000,
    bytesTotal: 1000,
    bytesPerSecond: 0,
    remainingMs: null,
    waitingFor: null,
  }
}

export function aSummary(
  id: string,
  about: { state?: JobState; fraction?: number | null; version?: number },
): JobSummary {
  const { state = 'queued', fraction = null, version = 1 } = about
  return { job: aJob(id, state), progress: fraction === null ? null : aProgress(fraction), version }
}

function aJob(id: string, state: JobState): JobSummary['job'] {
  return {
    id,
    name: `Job ${id}`,
    kind: 'word-count',
    kindVersion: 1,
    state,
    params: {},
    paramsLeftOut: [],
    inputs: { first: [], count: 0, bytes: 0 },
    outDir: null,
    force: false,
    priority: 0,
    workers: null,
    maxRejects: null,
    split: null,
    tags: [],
    note: '',
    parentId: null,
    host: 'test',
    versions: {},
    createdAt: 0,
    startedAt: null,
    finishedAt: null,
    tasks: { total: 0, succeeded: 0, failed: 0, cancelled: 0, replaced: 0, unfinished: 0 },
    attempts: 0,
    rejects: 0,
    bytes: 0,
    rows: 0,
    timing: { planMs: null, workMs: null, mergeMs: null, wallMs: null, cpuMs: null, overheadMsPerTask: null },
  }
}

export function aDelta(sequence: number, fields: Partial<Delta>): Delta {
  return { sequence, whole: false, jobs: [], removed: [], workers: [], ...fields }
}
