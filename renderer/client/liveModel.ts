import type { Delta, WorkerInfo } from '../../contract/api.ts'
import type { JobSummary, Progress } from '../../contract/job.ts'
import type { JobState } from '../../contract/transitions.ts'

/**
 * The dashboard's picture of what is going on: unfinished jobs, those that ended while it watched, and the workers.
 * Pure: a picture and a delta in, the next picture out.
 */
export interface LiveModel {
  /** Of the last delta taken; null before the first whole one. */
  sequence: number | null
  jobs: ReadonlyMap<string, JobSummary>
  workers: readonly WorkerInfo[]
}

export interface Applied {
  model: LiveModel
  /** Ids of jobs about which anything changed. */
  touched: string[]
  /** Whether a list of jobs would look different: one came, went, or changed its state or what a person says of it. */
  listChanged: boolean
}

export const emptyModel: LiveModel = { sequence: null, jobs: new Map(), workers: [] }

/** Null when a delta is missing between the picture and this one: only a whole one can mend that. */
export function applyDelta(model: LiveModel, delta: Delta, place: 'first' | 'later'): Applied | null {
  if (delta.whole) return applyWhole(model, delta)
  if (model.sequence === null) return null
  if (place === 'later' && delta.sequence !== model.sequence + 1) return null
  const jobs = new Map(model.jobs)
  for (const id of delta.removed) jobs.delete(id)
  const changed = delta.jobs.filter((next) => upsert(jobs, next))
  return {
    model: { sequence: delta.sequence, jobs, workers: sortBySlot(delta.workers) },
    touched: [...changed.map((summary) => summary.job.id), ...delta.removed],
    listChanged: delta.removed.length > 0 || changed.some((next) => looksDifferent(model.jobs.get(next.job.id), next)),
  }
}

function applyWhole(model: LiveModel, delta: Delta): Applied {
  const jobs = new Map<string, JobSummary>()
  for (const next of delta.jobs) jobs.set(next.job.id, steady(model.jobs.get(next.job.id), next))
  return {
    model: { sequence: delta.sequence, jobs, workers: sortBySlot(delta.workers) },
    touched: [...new Set([...model.jobs.keys(), ...jobs.keys()])],
    listChanged: true,
  }
}

/** False when the picture already has this version or a newer one. */
function upsert(jobs: Map<string, JobSummary>, next: JobSummary): boolean {
  const known = jobs.get(next.job.id)
  if (known !== undefined && known.version > next.version) return false
  jobs.set(next.job.id, steady(known, next))
  return true
}

function looksDifferent(known: JobSummary | undefined, next: JobSummary): boolean {
  return known === undefined || faceOf(known) !== faceOf(next)
}

/** What of a job a list shows or is searched by, and can change. */
function faceOf({ job: { state, name, tags, note } }: JobSummary): string {
  return JSON.stringify([state, name, tags, note])
}

const goingOn: ReadonlySet<JobState> = new Set(['running', 'paused', 'cancelling'])

/** Progress never runs backwards within one run of a job, whatever order news arrives in. */
function steady(known: JobSummary | undefined, next: JobSummary): JobSummary {
  if (known?.progress == null || next.progress === null) return next
  if (!goingOn.has(known.job.state) || !goingOn.has(next.job.state)) return next
  return { ...next, progress: steadyProgress(known.progress, next.progress) }
}

export function steadyProgress(known: Progress, next: Progress): Progress {
  const fraction = next.fraction === null ? null : Math.max(known.fraction ?? 0, next.fraction)
  return { ...next, fraction, bytesDone: Math.max(known.bytesDone, next.bytesDone) }
}

function sortBySlot(workers: readonly WorkerInfo[]): readonly WorkerInfo[] {
  return workers.toSorted((a, b) => a.slot - b.slot)
}
