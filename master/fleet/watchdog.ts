import { outOfMemoryExitCode, type FromWorker } from '../../contract/workerMessages.ts'
import type { Loss } from '../../contract/outcome.ts'
import type { WorkerExit } from './workerHandle.ts'

/**
 * Says when a worker has had its time, and what its end means. Pure: it sees figures and instants, it ends nobody.
 * Three limits, told apart: no message at all, messages without progress, too much memory.
 */

export interface Limits {
  /** A worker that starts must be ready within this. */
  startMs: number
  /** A ready worker, which sends a heartbeat every 500 ms, must be heard within this. */
  silenceMs: number
  /** What is done of the running task must change within this; by kind, where a kind has a limit of its own. */
  noProgressMs: number
  noProgressMsByKind: Readonly<Record<string, number>>
  /** Resident memory of one worker; by the kind that it works for, where a kind has a limit of its own. */
  memoryBytes: number
  memoryBytesByKind: Readonly<Record<string, number>>
  /** Upper bound of a worker's heap, when it has one: an abort near it was for want of memory. */
  heapBytes: number | null
}

export const defaultLimits: Limits = {
  startMs: 30_000,
  silenceMs: 5000,
  noProgressMs: 120_000,
  noProgressMsByKind: {},
  memoryBytes: Number.POSITIVE_INFINITY,
  memoryBytesByKind: {},
  heapBytes: null,
}

/** What the watchdog knows of one worker. Instants are epoch milliseconds. */
export interface WatchedWorker {
  ready: boolean
  /** Of its last message, or of its start. */
  heardAt: number
  /** When the figures of its running task last changed, or when it got work; null while it has none. */
  progressAt: number | null
  /** Kind of the job whose task it runs. */
  kind: string | null
  rssBytes: number
  /** What its tasks take beyond that, and said so. */
  promisedBytes: number
}

export interface Verdict {
  type: 'silent' | 'noProgress' | 'overMemory'
  /** For how long it had been so. */
  afterMs: number
}

export function judge(worker: WatchedWorker, now: number, limits: Limits): Verdict | null {
  const unheardMs = now - worker.heardAt
  if (unheardMs > (worker.ready ? limits.silenceMs : limits.startMs)) return { type: 'silent', afterMs: unheardMs }
  const mostBytes = limitOf(worker.kind, limits.memoryBytesByKind, limits.memoryBytes) + worker.promisedBytes
  if (worker.rssBytes > mostBytes) return { type: 'overMemory', afterMs: 0 }
  if (worker.progressAt === null) return null
  const stuckMs = now - worker.progressAt
  return stuckMs > noProgressLimit(worker.kind, limits) ? { type: 'noProgress', afterMs: stuckMs } : null
}

export function noProgressLimit(kind: string | null, limits: Limits): number {
  return limitOf(kind, limits.noProgressMsByKind, limits.noProgressMs)
}

function limitOf(kind: string | null, byKind: Readonly<Record<string, number>>, otherwise: number): number {
  const own = kind !== null && Object.hasOwn(byKind, kind) ? byKind[kind] : null
  return own ?? otherwise
}

/**
 * True when the watchdog itself came more than 2 s late: the machine slept, or the master stood still. Then nothing can be said of
 * workers whose messages may wait unread, and all their deadlines start anew.
 */
export function sleptThrough(tickedAt: number, now: number, tickMs: number): boolean {
  return now - tickedAt > tickMs + 2000 || now < tickedAt
}

type Running = Extract<FromWorker, { type: 'heartbeat' }>['running']

/** A text that changes when the worker gets on: which attempt it is at and what it has done of it. */
export function progressMark(running: Running): string {
  return running === null ? '' : [running.job, running.seq, running.attempt, running.bytes, running.rows].join(' ')
}

export interface EndedWorker {
  exit: WorkerExit
  /** Set when the watchdog ended it. */
  verdict: Verdict | null
  /** True when it had been asked to end for the fleet's own reasons. */
  interrupted: boolean
  peakMemoryBytes: number
  /** What its last heartbeat said it was at. */
  running: Running
  /** By its last heartbeat. */
  heapBytes: number
}

/** What the end of a worker means for the attempts it had. */
export function lossOf(ended: EndedWorker, limits: Limits): Loss {
  const { exit, verdict, peakMemoryBytes } = ended
  const { exitCode, signal, logTail } = exit
  const seen = { logTail, peakMemoryBytes, progress: ended.running }
  if (verdict !== null) return { ...verdict, ...seen }
  const type = ranOutOfMemory(ended, limits) ? 'outOfMemory' : 'crashed'
  if (type === 'crashed' && ended.interrupted) return { type: 'interrupted' }
  return { type, exitCode, signal, ...seen }
}

function ranOutOfMemory({ exit, heapBytes }: EndedWorker, limits: Limits): boolean {
  if (exit.exitCode === outOfMemoryExitCode) return true
  // 134 is how a shell, and some hosts, tell of SIGABRT.
  const aborted = exit.signal === 'SIGABRT' || exit.exitCode === 134
  const heapWasFull = limits.heapBytes !== null && heapBytes > limits.heapBytes * 0.8
  return aborted && (heapWasFull || exit.logTail.includes('heap out of memory'))
}
