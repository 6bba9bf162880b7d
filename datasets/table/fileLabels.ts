import type { Input } from '../../contract/dataset.ts'

/**
 * What tells inputs of one name apart: their way below the deepest folder that all of them are in, or a number where that does not do, as
 * with uploads. Inputs whose name is theirs alone are left out. Pure.
 */
export function labelsOf(inputs: readonly Input[]): Map<Input, string> {
  const taken = new Set(inputs.map(({ name }) => name))
  const labels = new Map<Input, string>()
  for (const same of Map.groupBy(inputs, ({ name }) => name).values()) {
    if (same.length === 1) continue
    const ways = waysOf(same)
    for (const [at, input] of same.entries()) {
      const wanted = ways[at] ?? input.name
      // Its name stands for the first of them, if any.
      const label = at === 0 && wanted === input.name ? wanted : freeLabel(wanted, taken)
      taken.add(label)
      labels.set(input, label)
    }
  }
  return labels
}

/** Only paths that a person gave say something. */
function waysOf(inputs: readonly Input[]): string[] {
  const parts = inputs.map(({ path, name, spooled }) => (spooled ? [name] : path.split(/[\\/]/)))
  const [first = []] = parts
  const isShared = (at: number) => parts.every((way) => at < way.length - 1 && way[at] === first[at])
  let shared = 0
  while (isShared(shared)) shared += 1
  return parts.map((way) => way.slice(shared).join('/'))
}

function freeLabel(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted
  let count = 2
  while (taken.has(`${wanted} (${count})`)) count += 1
  return `${wanted} (${count})`
}
