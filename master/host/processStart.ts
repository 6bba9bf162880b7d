import { readFileSync } from 'node:fs'

/**
 * When a process started, in clock ticks since boot: a pid alone may be another's by now. Field 22 of /proc/PID/stat (proc_pid_stat(5)).
 * Null for no such process, and where the system does not tell.
 */
export function startTicks(pid: number): string | null {
  const stat = textOf(`/proc/${pid}/stat`)
  // The name, in brackets, may hold anything; the third field follows the last bracket.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

/** The boot that ticks count from; null where the system does not tell. */
export function bootId(): string | null {
  return textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? null
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return null
    throw error
  }
}
