/** Neighbours in a list whose `seq` follow each other: what one statement over a range of ids can write. */
export interface SeqRun<T> {
  first: number
  last: number
  items: T[]
}

/** Cuts a list, in its order, into runs of consecutive `seq`; `same` tells whether two neighbours may be written alike. */
export function runsOf<T extends { seq: number }>(
  list: readonly T[],
  same: (one: T, other: T) => boolean,
): SeqRun<T>[] {
  const runs: SeqRun<T>[] = []
  let run: SeqRun<T> | undefined
  let previous: T | undefined
  for (const item of list) {
    if (run !== undefined && previous !== undefined && item.seq === run.last + 1 && same(previous, item)) {
      run.last = item.seq
      run.items.push(item)
    } else {
      run = { first: item.seq, last: item.seq, items: [item] }
      runs.push(run)
    }
    previous = item
  }
  return runs
}
