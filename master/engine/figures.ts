import type { JobState } from '../../contract/transitions.ts'
import type { JobRun } from './jobRun.ts'

/** What is told of an unfinished job besides what was asked for. */
export interface Figures {
  state: JobState
  startedAt: number | null
  made: number
  succeeded: number
  replaced: number
  attempts: number
  rejects: number
  bytes: number
  rows: number
  planMs: number
  cpuMs: number
}

/** As memory has them: ahead of the ledger while a step is being committed. */
export function figuresOf(run: JobRun): Figures {
  const { state, startedAt, made, succeeded, replaced, attempts, planMs, cpuMs } = run
  const done = { rejects: run.rejects.count, bytes: run.bytesDone, rows: run.rowsDone }
  return { state, startedAt, made, succeeded, replaced, attempts, planMs, cpuMs, ...done }
}
