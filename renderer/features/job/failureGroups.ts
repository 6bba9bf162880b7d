import type { Attempt } from '../../../contract/job.ts'

/** Attempts that ended the same way, so that 37 equal errors read as one. Pure. */
export interface FailureGroup {
  cause: string
  attempts: Attempt[]
}

export function groupFailures(failures: readonly Attempt[]): FailureGroup[] {
  const groups = new Map<string, Attempt[]>()
  for (const attempt of failures) {
    const cause = causeOf(attempt)
    const group = groups.get(cause)
    if (group === undefined) groups.set(cause, [attempt])
    else group.push(attempt)
  }
  return [...groups]
    .map(([cause, attempts]) => ({ cause, attempts }))
    .toSorted((a, b) => b.attempts.length - a.attempts.length)
}

function causeOf({ outcome, message }: Attempt): string {
  return message === null || message === '' ? outcome : `${outcome}: ${message}`
}
