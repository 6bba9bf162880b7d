/**
 * What a running task has done, and whether it has been told to stop. In a worker the two threads share it (workers/shared.ts); whoever
 * calls stages in its own process uses the plain one.
 */
export interface TaskCounters {
  add(bytes: number, rows: number): void
  isStopped(): boolean
  /** Whether it was stopped because it got nowhere. */
  gotNowhere(): boolean
}

export class PlainCounters implements TaskCounters {
  bytes = 0
  rows = 0
  stopped = false

  add(bytes: number, rows: number): void {
    this.bytes += bytes
    this.rows += rows
  }

  isStopped(): boolean {
    return this.stopped
  }

  gotNowhere(): boolean {
    return false
  }
}
