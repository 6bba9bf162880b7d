import { closeSync, openSync } from 'node:fs'
import { invariant } from '../contract/invariant.ts'
import { type ItemAnswer, itemRangeSchema, mostAnsweredText } from '../contract/open.ts'
import type { Answer } from '../contract/outcome.ts'
import { type ItemStage, TaskFailure, TaskStopped } from '../contract/run.ts'
import { readExactly } from '../datasets/bytes/read.ts'
import { answerOf } from './answers.ts'
import type { StageCall } from './stages.ts'

/**
 * Items of an open list, each by itself: what one of them throws is told beside it and spoils no other. The list grows while it is read, so
 * that it has no version to be checked; what the task reads of it was on disk before the task was made.
 */
export async function runItems(call: StageCall<'items'>): Promise<Answer> {
  const { run, context } = call
  invariant(run.item !== null, `${run.kind.id} takes no items one by one`)
  const answers: ItemAnswer[] = []
  for (const [index, text] of readItems(call).entries()) {
    answers.push(await answerTo(run.item, text, call))
    context.progress(Buffer.byteLength(text) + 1, 1)
    context.endPiece(index + 1)
  }
  return answerOf({ value: answers }, context)
}

/** An item that has cost workers their lives is left out, and that is its answer. */
async function answerTo(stage: ItemStage<unknown>, text: string, { order, context }: StageCall<'items'>) {
  const told = text.slice(0, mostAnsweredText)
  if (order.leaveOut !== undefined) return { text: told, error: order.leaveOut }
  try {
    return { text: told, value: await stage(text, context) }
  } catch (error) {
    if (error instanceof TaskStopped || error instanceof TaskFailure || context.stopped) throw error
    return { text: told, error: error instanceof Error ? error.message : String(error) }
  }
}

function readItems({ order, context }: StageCall<'items'>): string[] {
  const { at, end, first } = itemRangeSchema.parse(order.args)
  const path = context.inputs[0]?.path
  invariant(path !== undefined, 'a task of an open list has no list')
  const bytes = Buffer.allocUnsafe(end - at)
  const fd = openSync(path, 'r')
  try {
    readExactly(fd, bytes, { offset: at, path })
  } finally {
    closeSync(fd)
  }
  const lines = bytes.toString('utf8').split('\n')
  return lines.slice(order.from - first, order.to - first)
}
