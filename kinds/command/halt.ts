/** When a list of items is given up, in GNU parallel's words: `never`, `soon,fail=3`, `now,fail=20%`. Pure. */
export type Halt = { when: 'soon' | 'now'; failures: number; unit: 'items' | 'percent' } | null

export const haltPattern = /^(?:never|(?:soon|now),fail=(?:[1-9]\d{0,8}|(?:100|[1-9]\d?)%))$/

export function haltOf(text: string): Halt {
  if (text === 'never') return null
  const [, when, failures, unit] = /^(soon|now),fail=(\d+)(%?)$/.exec(text) ?? []
  if (failures === undefined) return null
  return {
    when: when === 'now' ? 'now' : 'soon',
    failures: Number(failures),
    unit: unit === '%' ? 'percent' : 'items',
  }
}

/** Like there, a share takes at least three failures, unless there are fewer items. */
const leastOfShare = 3

/** How many of the items may fail before no more are begun. */
export function failuresToHalt(halt: NonNullable<Halt>, items: number): number {
  if (halt.unit === 'items') return halt.failures
  return Math.max(Math.min(leastOfShare, items), Math.ceil((items * halt.failures) / 100))
}
