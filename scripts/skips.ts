/** The checked-in list of tests that may be skipped (tests/skips.json), and what is wrong with a run's skips by it. */
export interface AllowedSkip {
  /** The test's titles, joined by ` > `. */
  test: string
  reason: string
}

const mostSkips = 10

export interface SkipVerdict {
  /** Each one fails the run. */
  faults: string[]
  /** Told, and nothing more: entries that no skipped test needed. */
  notes: string[]
}

export function judgeSkips(skipped: readonly string[], allowed: readonly AllowedSkip[]): SkipVerdict {
  const names = new Set(allowed.map((entry) => entry.test))
  const faults = skipped.filter((name) => !names.has(name)).map((name) => `skipped without a reason: ${name}`)
  if (allowed.length > mostSkips)
    faults.push(`tests/skips.json has ${allowed.length} entries; at most ${mostSkips} may stand`)
  for (const entry of allowed)
    if (!entry.reason?.trim()) faults.push(`tests/skips.json gives no reason for: ${entry.test}`)
  const notes = allowed
    .filter((entry) => !skipped.includes(entry.test))
    .map((entry) => `tests/skips.json names a test that was not skipped: ${entry.test}`)
  return { faults, notes }
}
