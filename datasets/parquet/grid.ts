/** How a Parquet file's row groups are cells: one each, or as many to each as there must be for 4,096 cells. Pure. */
const mostCells = 4096

export function groupsPerCell(groups: number): number {
  return Math.max(1, Math.ceil(groups / mostCells))
}

/** Where the cells end, as bytes of the file: in proportion to the groups' sizes, so that progress and splits mean what they mean elsewhere. */
export function groupCells(sizes: readonly number[], bytes: number): number[] {
  const perCell = groupsPerCell(sizes.length)
  const ends: number[] = []
  let end = 0
  for (const [group, size] of sizes.entries()) {
    end += size
    if ((group + 1) % perCell === 0 && group + 1 < sizes.length)
      ends.push(Math.min(bytes - (sizes.length - group), Math.max((ends.at(-1) ?? 0) + 1, end)))
  }
  return [...ends, bytes]
}
