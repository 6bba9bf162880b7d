/**
 * Which nodes each node leads to, by numbers: those of node n stand in `targets` from `starts[n]` to `starts[n + 1]`, in the order of
 * their edges.
 */
export interface Adjacency {
  starts: Int32Array
  targets: Int32Array
}

/** By counting. Edge e runs from `sources[e]` to `targets[e]`; sources are below `nodes`. */
export function adjacencyOf(
  nodes: number,
  { sources, targets }: { sources: Int32Array; targets: Int32Array },
): Adjacency {
  const starts = new Int32Array(nodes + 1)
  for (const source of sources) starts[source + 1]! += 1
  for (let node = 0; node < nodes; node += 1) starts[node + 1]! += starts[node]!
  const next = starts.slice()
  const placed = new Int32Array(sources.length)
  for (let edge = 0; edge < sources.length; edge += 1) placed[next[sources[edge]!]!++] = targets[edge]!
  return { starts, targets: placed }
}
