import type { Node } from './activeOperation.ts'

/** A merge task folds at most so many nodes. */
const mostParts = 64
/** While the map runs, a merge of fewer nodes is made only for what a person sees of it. */
const quietParts = 8
/**
 * A merge must be so much wider than its widest part. A cell's node then grows by this factor each time it is read, so that all merges
 * of n cells together read each of them at most log(n) / log(1.5) times, and a few times more at the end.
 */
const growth = 1.5

/** How a merge stands when its next task is chosen. */
export interface MergeStanding {
  /** Whether the map has answered for all its cells. */
  complete: boolean
  /** Of the map. */
  cells: number
  /** Cells under the widest merged node, which is the answer so far; 0 before the first. */
  widest: number
  /** Merge tasks made and not answered yet. */
  outstanding: number
}

/**
 * The next run of adjacent free nodes worth a merge task, or null. While the map runs, a merge widens the answer so far by half, or
 * folds a fair number of nodes that would pile up; so the answer grows in a few visible steps whatever the number of tasks. Once the
 * map is complete and every merge is in, whatever lies side by side goes.
 */
export function chooseMerge(free: ReadonlyMap<number, Node>, standing: MergeStanding): Node[] | null {
  for (const run of runsOf(free)) {
    const part = run.slice(0, mostParts)
    if (completes(run, standing.cells)) return part
    const chosen = worthwhile(part, standing)
    if (chosen !== null) return chosen
    if (standing.complete && standing.outstanding === 0 && part.length > 1) return part
  }
  return null
}

/** A single node over all cells still goes through one merge, so that every answer is a merged one. */
function completes(run: readonly Node[], cells: number): boolean {
  return run[0]?.from === 0 && run.at(-1)?.to === cells
}

/** The run, or the part of it on one side of its widest node, that pays. */
function worthwhile(run: Node[], standing: MergeStanding): Node[] | null {
  if (run.length < 2) return null
  const widths = run.map((node) => node.to - node.from)
  const widest = Math.max(...widths)
  const whole = widths.reduce((sum, width) => sum + width, 0)
  const wanted = standing.complete || run.length >= quietParts || whole >= growth * standing.widest
  if (wanted && whole >= growth * widest) return run
  const at = widths.indexOf(widest)
  return worthwhile(run.slice(0, at), standing) ?? worthwhile(run.slice(at + 1), standing)
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
