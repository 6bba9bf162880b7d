import type { Input } from '../../contract/dataset.ts'

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

/** That the tables cannot be rows of one, or null. */
export function otherColumns(inputs: readonly Pick<Input, 'name' | 'table'>[]): string | null {
  const [first] = inputs
  const names = namesIn(first)
  const other = inputs.find((input) => namesIn(input) !== names)
  return first === undefined || other === undefined ? null : `${other.name} has other columns than ${first.name}`
}

function namesIn(input: Pick<Input, 'table'> | undefined): string | undefined {
  return input?.table?.columns.map(({ name }) => name).join('\n')
}
