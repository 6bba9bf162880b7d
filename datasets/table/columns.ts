/**
 * Names for columns, each once and none empty: what comes again gets `_2`, `_3`, … and what has no name is called after its place. A name
 * is data: `__proto__` is one like any other.
 */
export function nameColumns(found: readonly (string | null)[]): string[] {
  const taken = new Set<string>()
  return found.map((name, index) => {
    const wanted = name === null || name.trim() === '' ? `column_${index + 1}` : name.trim()
    let free = wanted
    for (let count = 2; taken.has(free); count += 1) free = `${wanted}_${count}`
    taken.add(free)
    return free
  })
}
