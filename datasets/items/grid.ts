import type { CellSource } from '../../contract/dataset.ts'

const mostCells = 4096

/** Listed values: one to a cell up to 4,096 of them, then so many to a cell that there are at most 4,096 cells; or as asked. */
export function itemsSource(items: number, perCell = Math.max(1, Math.ceil(items / mostCells))): CellSource {
  return { type: 'items', cells: Math.ceil(items / perCell), items, perCell }
}

/** The numbers of the items in the cells [from, to). */
export function itemsOf(
  source: Extract<CellSource, { type: 'items' }>,
  from: number,
  to: number,
): { from: number; to: number } {
  return { from: from * source.perCell, to: Math.min(source.items, to * source.perCell) }
}
