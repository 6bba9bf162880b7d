import type { WorkerLimit } from '../../master/host/host.ts'
import type { JobBrief } from '../../contract/job.ts'
import { running, type Picture } from './picture.ts'

/** How the app behaves among others on a person's machine. Pure decisions; citizen.ts carries them out. */

/** For BrowserWindow.setProgressBar: a negative value takes the bar away, one above 1 shows that no share is known. */
export type Bar = { value: number; mode: 'none' | 'normal' | 'indeterminate' | 'paused' }

/** One bar for all running jobs, each counting the same: the machine's share of work is no sum of theirs. */
export function progressBar(picture: Picture): Bar {
  const jobs = running(picture)
  if (jobs.length === 0) {
    const paused = [...picture.unfinished.values()].filter(({ job }) => job.state === 'paused')
    const known = paused.flatMap(({ progress }) => progress?.fraction ?? [])
    return known.length === 0 ? { value: -1, mode: 'none' } : { value: mean(known), mode: 'paused' }
  }
  const known = jobs.flatMap(({ progress }) => progress?.fraction ?? [])
  return known.length < jobs.length ? { value: 2, mode: 'indeterminate' } : { value: mean(known), mode: 'normal' }
}

function mean(fractions: readonly number[]): number {
  return fractions.reduce((sum, fraction) => sum + fraction, 0) / fractions.length
}

const worthTellingMs = 10_000

export interface Notice {
  job: string
  title: string
  body: string
}

/** A notice about a job that has ended, for a person who looks elsewhere and has waited; null when there is nothing to tell. */
export function noticeOf(job: JobBrief, isFocused: boolean): Notice | null {
  if (isFocused || job.state === 'cancelled' || job.startedAt === null || job.finishedAt === null) return null
  if (job.finishedAt - job.startedAt <= worthTellingMs) return null
  const rejects = job.rejects === 0 ? '' : `, ${job.rejects} records set aside`
  const took = durationText(job.finishedAt - job.startedAt)
  const body = job.state === 'failed' ? `Failed after ${took}.` : `Done after ${took}${rejects}.`
  return { job: job.id, title: job.name, body }
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** Only while work is done, and only if the person chose so: a machine that may sleep shall sleep. */
export function shallStayAwake(chosen: boolean, picture: Picture): boolean {
  return chosen && running(picture).length > 0
}

export interface Power {
  onBattery: boolean
  /** As Electron tells it, on macOS only. */
  thermalState: 'unknown' | 'nominal' | 'fair' | 'serious' | 'critical'
}

/** How many workers may work, and why fewer than there are; null for all of them. */
export function workerLimit(power: Power, cores: number): WorkerLimit | null {
  const share = shareOf(power)
  const workers = Math.max(1, Math.floor(cores * share.of))
  if (share.why === null || workers >= cores) return null
  return { workers, why: `${share.why}; ${workers} of ${cores} workers get work` }
}

function shareOf({ onBattery, thermalState }: Power): { of: number; why: string | null } {
  if (thermalState === 'critical') return { of: 0, why: 'this machine is too hot' }
  if (thermalState === 'serious') return { of: 0.5, why: 'this machine is hot' }
  return onBattery ? { of: 0.5, why: 'this machine runs on battery' } : { of: 1, why: null }
}
