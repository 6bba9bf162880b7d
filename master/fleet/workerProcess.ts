import { constants, setPriority } from 'node:os'

/** What a worker process gets of its host's surroundings, whichever way it is started. */

const allowedVariables = new Set(
  [
    'PATH',
    'HOME',
    'LANG',
    'TZ',
    'TMPDIR',
    'TMP',
    'TEMP',
    'SYSTEMROOT',
    'WINDIR',
    'USERPROFILE',
    'LD_LIBRARY_PATH',
  ].concat([
    'LC_ALL',
    'LC_CTYPE',
    'NODE_V8_COVERAGE',
    'GRISTMILL_CRASH_AT',
    'GRISTMILL_STOP_AT',
    'GRISTMILL_WORKER_HEAP_MB',
  ]),
)

export function workerEnvironment(env: NodeJS.ProcessEnv, slot: number): NodeJS.ProcessEnv {
  const allowed = Object.entries(env).filter(([name]) => allowedVariables.has(name.toUpperCase()))
  return { ...Object.fromEntries(allowed), GRISTMILL_WORKER_SLOT: String(slot) }
}

/** Makes room for what the person does meanwhile. Returns why it could not: the process has ended, or the system forbids it. */
export function lowerPriority(pid: number): string | null {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
