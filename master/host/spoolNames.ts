import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

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

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)): the second after the last `)` is the third field. */
function startOf(pid: number): string {
  if (process.platform !== 'linux') return '0'
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0'
  } catch (error) {
    // It has ended since it was seen.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return '0'
    throw error
  }
}
