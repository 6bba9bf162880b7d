/** Runs `act` for each key at once, then at most once per `everyMs`, and once more at the end for calls that came in between. */
export function throttleByKey(
  act: (key: string) => void,
  everyMs: number,
  schedule: (callback: () => void, ms: number) => void,
): (key: string) => void {
  const resting = new Map<string, { again: boolean }>()
  const run = (key: string) => {
    const rest = { again: false }
    resting.set(key, rest)
    schedule(() => {
      resting.delete(key)
      if (rest.again) run(key)
    }, everyMs)
    act(key)
  }
  return (key) => {
    const rest = resting.get(key)
    if (rest === undefined) run(key)
    else rest.again = true
  }
}
