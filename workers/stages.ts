import { invariant } from '../contract/invariant.ts'
import type { Json } from '../contract/json.ts'
import type { Answer } from '../contract/outcome.ts'
import type { MapStage, MergeStage, Part, Run, Split, StageAnswer } from '../contract/run.ts'
import type { CellSource, Input } from '../contract/dataset.ts'
import type { TaskOrder, Work } from '../contract/workerMessages.ts'
import { piecesOf } from '../datasets/bytes/grid.ts'
import { itemsOf } from '../datasets/items/grid.ts'
import { answerOf, partOf } from './answers.ts'
import type { TaskContext } from './context.ts'
import { type Fold, type Node, coversAll, foldEdge, foldSiblings, nodesSchema } from './tree.ts'

/** Calls a kind's stage functions as a task's operation asks: the whole split at once, or cell by cell with the folding done here. */
export interface StageCall<Type extends Work['type']> {
  run: Run
  work: Extract<Work, { type: Type }>
  order: TaskOrder
  context: TaskContext
  /** Absolute path of the job's scratch folder. */
  scratch: string
}

export async function runMap(call: StageCall<'map'>): Promise<Answer> {
  const stage = stageOf(call.run.maps, call)
  const { work, order, context, scratch } = call
  const uses = partsOf(work.uses, scratch)
  if (work.partial === 'perCell') return answerOf({ value: await mapCells(stage, call, uses) }, context)
  const split = splitOf(work.source, context.inputs, order)
  return answerOf(await stage(leaveOut(split, call), context, uses), context)
}

/** A listed item that has cost workers their lives is set aside here, whatever the stage knows of records: its split is empty. */
function leaveOut(split: Split, { order, context }: StageCall<'map'>): Split {
  if (order.leaveOut === undefined) return split
  const { from, to } = split.items
  invariant(to === from + 1, `task ${order.seq} is not one item, so that there is nothing to leave out`)
  // It stands in no file: its input is beyond all of them.
  context.reject({ input: context.inputs.length, record: 0, offset: from, reason: order.leaveOut, raw: '' })
  return { ...split, items: { from: to, to } }
}

export async function runMerge(call: StageCall<'merge'>): Promise<Answer> {
  const stage = stageOf(call.run.merges, call)
  if (call.work.partial === 'exact' || call.work.cells === 0)
    return answerOf(await stage(partsOf(call.order.uses, call.scratch), call.context), call.context)
  return answerOf({ value: await mergeNodes(stage, call) }, call.context)
}

export async function runTask(call: StageCall<'task'>): Promise<Answer> {
  const stage = stageOf(call.run.tasks, call)
  const { order, context, scratch } = call
  return answerOf(await stage(order.args ?? null, partsOf(order.uses, scratch), context), context)
}

function stageOf<Stage>(stages: Record<string, Stage>, call: { run: Run; work: { stage: string } }): Stage {
  const stage = Object.hasOwn(stages, call.work.stage) ? stages[call.work.stage] : undefined
  invariant(stage !== undefined, `${call.run.kind.id} has no stage ${call.work.stage} of that form`)
  return stage
}

function partsOf(answers: readonly Answer[] | undefined, scratch: string): Part[] {
  return (answers ?? []).map((answer) => partOf(answer, scratch))
}

function splitOf(source: CellSource, inputs: readonly Input[], cells: { from: number; to: number }): Split {
  const { from, to } = cells
  if (source.type === 'items') return { from, to, pieces: [], items: itemsOf(source, from, to) }
  return { from, to, pieces: piecesOf(inputs, from, to), items: { from: 0, to: 0 } }
}

/** One partial per cell, folded as far as the cells reach when it is clear which stage folds them. */
async function mapCells(stage: MapStage<unknown>, call: StageCall<'map'>, uses: Part[]): Promise<Node[]> {
  const nodes = leavesOf(stage, call, uses)
  const merge = foldingStage(call.run, call.work.stage)
  if (merge !== null) return foldSiblings(nodes, foldBy(merge, call.context))
  const unfolded: Node[] = []
  for await (const node of nodes) unfolded.push(node)
  return unfolded
}

async function* leavesOf(stage: MapStage<unknown>, call: StageCall<'map'>, uses: Part[]): AsyncGenerator<Node> {
  const { order, work, context } = call
  let input: number | undefined
  for (let cell = order.from; cell < order.to; cell += 1) {
    const split = splitOf(work.source, context.inputs, { from: cell, to: cell + 1 })
    const inputOfCell = split.pieces[0]?.input
    if (input !== undefined && inputOfCell === input) context.goOnInPiece()
    input = inputOfCell
    const value = valueAlone(await stage(leaveOut(split, call), context, uses), work.stage)
    yield { level: 0, index: cell, value }
    context.checkStop()
  }
}

/** The merge stage that a map's cells are known to go to: the one named, or the only one. */
function foldingStage({ merges, folds }: Run, stage: string): MergeStage<unknown> | null {
  const named = Object.hasOwn(folds, stage) ? folds[stage] : undefined
  const [only, another] = Object.keys(merges)
  const name = named ?? (another === undefined ? only : undefined)
  return name === undefined ? null : (merges[name] ?? null)
}

/** The nodes of all parts, folded; the value itself once every cell is covered. */
async function mergeNodes(stage: MergeStage<unknown>, call: StageCall<'merge'>): Promise<Json> {
  const fold = foldBy(stage, call.context)
  const nodes = await foldSiblings(nodesOf(call), fold)
  return coversAll(nodes, call.work.cells) ? foldEdge(nodes, fold) : nodes
}

/** A part is read when its turn comes: all of them together may be large. */
function* nodesOf({ order, scratch }: StageCall<'merge'>): Generator<Node> {
  for (const answer of order.uses ?? []) yield* nodesSchema.parse(partOf(answer, scratch).value)
}

function foldBy(stage: MergeStage<unknown>, context: TaskContext): Fold {
  return async (left, right) => {
    context.checkStop()
    const parts = [left, right].map((value) => ({ value, files: {} }))
    return valueAlone(await stage(parts, context), 'merge')
  }
}

function valueAlone(answer: StageAnswer, stage: string): Json {
  invariant(answer.files === undefined, `stage ${stage} makes files, which cannot be folded cell by cell`)
  return answer.value ?? null
}
