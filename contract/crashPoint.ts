/**
 * Named places at which a test may end a process: at every point where something was done and not yet recorded, or recorded and not yet
 * done. Nothing happens at them unless an entry file has armed them, which it does only when GRISTMILL_CRASH_AT names one.
 */
export const crashPoints = [
  'plan-made',
  'group-written',
  'step-committed',
  'batch-dispatched',
  'outcome-heard',
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

export function crashPoint(point: CrashPoint): void {
  if (armed === null || armed.point !== point) return
  armed.left -= 1
  if (armed.left === 0) armed.end()
}
