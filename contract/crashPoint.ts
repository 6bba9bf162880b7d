/**
 * Named places at which a test may end a process, or have it stand still: at every point where something was done and not yet recorded, or
 * recorded and not yet done. Nothing happens at them unless an entry file has armed them, which it does only when GRISTMILL_CRASH_AT or
 * GRISTMILL_STOP_AT names one.
 */
export const crashPoints = [
  'plan-made',
  'group-written',
  'step-committed',
  'batch-dispatched',
  'outcome-heard',
  'task-begun',
  'scratch-written',
  'kept-written',
  'artifact-copied',
  'artifact-synced',
  'artifact-named',
  'job-ended',
  'host-quiet',
  'ledger-moved-aside',
  'ledger-migrated',
  'backup-copied',
] as const
export type CrashPoint = (typeof crashPoints)[number]

let armed: { point: string; left: number; end: () => void } | null = null

/** `at` is a point's name, or `name:n` for the n-th time that it is passed. `end` must not return. */
export function armCrashPoint(at: string | undefined, end: () => void): void {
  if (at === undefined || at === '') return
  const [point = '', time = '1'] = at.split(':')
  armed = { point, left: Number(time), end }
}

let stops: { point: string; stop: () => void } | null = null

/** `stop` is called whenever the point is passed, and returns when somebody has let the process go on. */
export function armStopPoint(at: string | undefined, stop: () => void): void {
  stops = at === undefined || at === '' ? null : { point: at, stop }
}

export function crashPoint(point: CrashPoint): void {
  if (stops?.point === point) stops.stop()
  if (armed === null || armed.point !== point) return
  armed.left -= 1
  if (armed.left === 0) armed.end()
}
