import type { Node } from './activeOperation.ts'

/** A merge task folds at most so many nodes. */
const mostParts = 64
/** While the map still runs, a merge of fewer nodes would read more than it tells. */
const fewestParts = 4
/** A merge must widen the widest node in it this much, so that all merges together read each byte only a few times. */
const growth = 1.5

/**
 * The next run of adjacent free nodes worth a merge task, or null. Once the map is complete every run goes; until then runs must be
 * long and even enough that the work stays within a small multiple of the data.
 */
export function chooseMerge(free: ReadonlyMap<number, Node>, map: { complete: boolean; cells: number }): Node[] | null {
  for (const run of runsOf(free)) {
    const part = run.slice(0, mostParts)
    if (map.complete ? completes(run, map.cells) || run.length > 1 : worthwhile(part)) return part
  }
  return null
}

/** A single node over all cells still goes through one merge, so that every answer is a merged one. */
function completes(run: readonly Node[], cells: number): boolean {
  return run[0]?.from === 0 && run.at(-1)?.to === cells
}

function worthwhile(run: readonly Node[]): boolean {
  if (run.length < fewestParts) return false
  if (run.length === mostParts) return true
  const widths = run.map((node) => node.to - node.from)
  const whole = widths.reduce((sum, width) => sum + width, 0)
  return whole >= growth * Math.max(...widths)
}

/** Runs of nodes in which each begins where the one before ends. */
function* runsOf(free: ReadonlyMap<number, Node>): Generator<Node[], void, unknown> {
  let run: Node[] = []
  for (const node of [...free.values()].toSorted((one, other) => one.from - other.from)) {
    if (run.at(-1)?.to !== node.from && run.length > 0) {
      yield run
      run = []
    }
    run.push(node)
  }
  if (run.length > 0) yield run
}
