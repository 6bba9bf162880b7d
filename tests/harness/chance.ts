/** Decisions that look random and are the same for the same seed. */
export interface Chance {
  /** An integer of [least, most]. */
  between(least: number, most: number): number
  shuffled<T>(items: readonly T[]): T[]
}

/** Mulberry32 (Tommy Ettinger, 2017). */
export function chanceOf(seed: number): Chance {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  const shuffled = <T>(items: readonly T[]): T[] => {
    const left = [...items]
    return items.map(() => left.splice(between(0, left.length - 1), 1)[0]!)
  }
  return { between, shuffled }
}
