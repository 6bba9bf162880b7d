import { commandErrorLine } from '../contract/commandError.ts'
import type { ApiClient } from '../master/host/host.ts'
import type { StoredDetail } from '../master/store/store.ts'
import { Refusal } from './exitCodes.ts'
import { followJob, type FollowedHost } from './following.ts'
import { listenForInterrupts, type SignalSource } from './interrupts.ts'
import type { ProgressDisplay } from './progressDisplay.ts'
import type { Seat } from './seat.ts'

/** What of a seat is needed to stay with a job. */
export interface AttendedSeat extends Pick<Seat, 'lost' | 'move'> {
  readonly client: FollowedHost & { jobs: Pick<ApiClient['jobs'], 'cancel'> }
}

/** Staying with one job until it is over, through hosts that come and go, or until the person has had enough. */
export interface Attendance {
  seat: AttendedSeat
  job: string
  /** The job as the ledger has it. */
  read: () => Promise<StoredDetail>
  display: ProgressDisplay
  /** What the first Ctrl-C means: cancel the job (it drains, and this goes on waiting for it), or only stop waiting. */
  interrupt: 'cancel' | 'leave'
}

export type Attended = { over: true; detail: StoredDetail } | { over: false; signal: NodeJS.Signals }

export async function attendJob(attendance: Attendance, signals: SignalSource = process): Promise<Attended> {
  const { promise: left, resolve: leave } = Promise.withResolvers<Attended>()
  const interrupts = listenForInterrupts(() => {
    if (attendance.interrupt === 'leave') leave({ over: false, signal: 'SIGINT' })
    else void cancelJob(attendance)
  }, signals)
  const stop = new AbortController()
  try {
    return await Promise.race([
      untilOver(attendance, stop.signal),
      interrupts.ended.then((signal): Attended => ({ over: false, signal })),
      left,
    ])
  } finally {
    stop.abort()
    interrupts.stop()
    attendance.display.end()
  }
}

/** Never ends once stopped: who has left must not become the next host. */
async function untilOver(attendance: Attendance, stopped: AbortSignal): Promise<Attended> {
  const { seat, display, read } = attendance
  for (;;) {
    if (await followHere(attendance)) return { over: true, detail: await read() }
    if (stopped.aborted) return new Promise<never>(() => {})
    display.note('gristmill: the host has ended; going on with the next one')
    await seat.move()
  }
}

/** False when the host or the way to it broke off. What a living host answers, and what it refuses, is final. */
async function followHere({ seat, job, display, read }: Attendance): Promise<boolean> {
  const readState = async () => (await read()).document.job.state
  try {
    return await followJob(seat.client, { job, show: (summary) => display.show(summary), readState })
  } catch (error) {
    if (error instanceof Refusal || !seat.lost) throw error
    return false
  }
}

async function cancelJob({ seat, job, display }: Attendance): Promise<void> {
  display.note('gristmill: cancelling; Ctrl-C again ends it at once')
  try {
    const cancelled = await seat.client.jobs.cancel({ job })
    if (!cancelled.ok) display.note(`gristmill: ${commandErrorLine(cancelled.error)}`)
  } catch (error) {
    display.note(`gristmill: could not cancel: ${error instanceof Error ? error.message : String(error)}`)
  }
}
