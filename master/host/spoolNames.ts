import { randomUUID } from 'node:crypto'
import { startTicks } from './processStart.ts'

/**
 * Names of files in the spool: each says which process writes it, so that a later host can tell a file that is being written from one
 * whose writer was killed. `PID-START-ID`; START is the process's start in clock ticks since boot where the system tells it (Linux), so that
 * another process that got the same pid is not taken for the writer, and 0 elsewhere.
 */

export function newSpoolName(): string {
  return `${process.pid}-${startOf(process.pid)}-${randomUUID()}`
}

/** Whether the process that gave the file its name still runs; false for a name of another form. */
export function isWriterAlive(name: string): boolean {
  const [, pid, start] = /^(\d+)-(\d+)-/.exec(name) ?? []
  if (pid === undefined || start === undefined) return false
  return isAlive(Number(pid)) && startOf(Number(pid)) === start
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function startOf(pid: number): string {
  return startTicks(pid) ?? '0'
}
