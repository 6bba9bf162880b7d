import type { CellSource, Input } from '../../contract/dataset.ts'
import { cellsHolding } from '../../datasets/bytes/grid.ts'

/** What is known of a map's splits for good. */
export interface SplitWish {
  source: CellSource
  /** Fixed by the plan. */
  cellsPerTask: number | null
  inputs: readonly Input[]
  /** Asked for by the person: bytes per task, or items. */
  split: number | null
  /** Of the whole job on one core. */
  estimatedMs: number
}

/** How things stand when the next task is cut. */
export interface SplitMoment {
  workers: number
  msPerCell: number | null
  /** First cell of the task. */
  from: number
  cellsLeft: number
}

/** Under this estimate a job is one task: splitting would cost more than it gains. */
const smallJobMs = 200
const longScanBytes = 8 * 1024 * 1024
/** A task of listed items aims at this much work. */
const itemTaskMs = 250
const tasksPerWorker = 4

/** How many cells the next task of a map covers, at least 1. The grid never changes, only how much of it a task takes. */
export function chooseSplit(wish: SplitWish, moment: SplitMoment): number {
  if (wish.cellsPerTask !== null) return wish.cellsPerTask
  if (wish.split !== null) return askedCells(wish, moment, wish.split)
  if (wish.estimatedMs < smallJobMs) return moment.cellsLeft
  const fair = Math.ceil(wish.source.cells / (tasksPerWorker * moment.workers))
  const shrinking = Math.ceil(moment.cellsLeft / (2 * moment.workers))
  return Math.max(1, Math.min(fair, shrinking, comfortableCells(wish, moment)))
}

/** Whole cells that hold at least what was asked for. */
function askedCells(wish: SplitWish, moment: SplitMoment, asked: number): number {
  if (wish.source.type === 'items') return Math.max(1, Math.ceil(asked / wish.source.perCell))
  return Math.max(1, cellsHolding(wish.inputs, moment.from, asked))
}

function comfortableCells(wish: SplitWish, moment: SplitMoment): number {
  if (wish.source.type === 'bytes') return cellsHolding(wish.inputs, moment.from, longScanBytes)
  const msPerCell = moment.msPerCell ?? wish.estimatedMs / Math.max(1, wish.source.cells)
  return msPerCell === 0 ? wish.source.cells : Math.ceil(itemTaskMs / msPerCell)
}
