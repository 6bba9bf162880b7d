import { z } from 'zod'
import type { Json } from '../../contract/json.ts'
import { defineKind } from '../../contract/kind.ts'
import { definePlan, type Plan, type Planner, type PlanSteps } from '../../contract/plan.ts'
import { defineRun, type Run, type Split } from '../../contract/run.ts'

/**
 * The work that the model test gives out, one kind for each form of plan, and beside each the plain fold that it must come to. The
 * answers tell places apart: a cell that is lost, done twice or merged in the wrong order changes the letters.
 */

/** Minutes of work by its own guess, so that nothing is too small to be split. */
const longCost = () => ({ ms: 60_000 })
const cells = z.int().min(0).max(40)
/** Null lets the engine choose. */
const perTask = z.int().min(1).max(8).nullable()

export function letterOf(item: number): string {
  return `${String.fromCodePoint(97 + (item % 26))}${item}`
}

function spelled({ items }: Split): string {
  return Array.from({ length: items.to - items.from }, (_, index) => letterOf(items.from + index)).join('')
}

const grouping = (perCells: number | null) => (perCells === null ? {} : { cellsPerTask: perCells })
const joined = (values: readonly Json[]): string => values.map(String).join('')

const letters = defineKind({
  id: 'model-letters',
  version: 1,
  title: 'Letters',
  summary: 'Spells its cells in their order.',
  params: z.strictObject({ cells, perTask }),
  result: z.string(),
  cost: longCost,
})

const lettersPlan = definePlan(letters, {
  stages: ['spell', 'join'],
  *steps(job) {
    const { cells: count, perTask: each } = job.params
    return yield* job.merge('join', yield* job.map('spell', job.items(count, 1), grouping(each)))
  },
})

const lettersRun = defineRun(letters, {
  maps: { spell: (split) => ({ value: spelled(split) }) },
  merges: { join: (parts) => ({ value: joined(parts.map(({ value }) => value)) }) },
})

/** Folds in brackets, so that the answer shows along which tree it was folded. */
const brackets = defineKind({ ...letters, id: 'model-brackets', title: 'Brackets' })

const bracketsPlan = definePlan(brackets, {
  stages: ['spell', 'join'],
  *steps(job) {
    const { cells: count, perTask: each } = job.params
    const mapped = yield* job.map('spell', job.items(count, 1), { partial: 'perCell', ...grouping(each) })
    return yield* job.merge('join', mapped)
  },
})

const bracketsRun = defineRun(brackets, {
  maps: { spell: (split) => ({ value: spelled(split) }) },
  merges: { join: (parts) => ({ value: `(${joined(parts.map(({ value }) => value))})` }) },
})

/** Writes an artifact: a line for each cell. */
const lines = defineKind({
  ...letters,
  id: 'model-lines',
  title: 'Lines',
  artifacts: () => ['letters.txt'],
  result: z.int(),
})

const linesPlan = definePlan(lines, {
  stages: ['spell', 'count', 'write'],
  *steps(job) {
    const { cells: count, perTask: each } = job.params
    const mapped = yield* job.map('spell', job.items(count, 1), grouping(each))
    const counted = yield* job.merge('count', mapped)
    yield* job.write({ name: 'letters.txt', mediaType: 'text/plain' }, mapped, 'text')
    return counted
  },
})

const linesRun = defineRun(lines, {
  maps: {
    spell({ items }, context) {
      const writer = context.scratch('text')
      for (let item = items.from; item < items.to; item++) writer.write(`${letterOf(item)}\n`)
      return { value: items.to - items.from, files: { text: writer.finish() } }
    },
  },
  merges: { count: (parts) => ({ value: parts.reduce((sum, { value }) => sum + Number(value), 0) }) },
})

/** A tree of sub-plans: each node is a task over what its halves have returned. */
const tree = defineKind({
  id: 'model-tree',
  version: 1,
  title: 'Tree',
  summary: 'Spells places from the leaves up.',
  params: z.strictObject({ depth: z.int().min(0).max(4) }),
  result: z.string(),
  cost: longCost,
})

function* growTree(job: Planner<{ depth: number }>, depth: number, place: number): PlanSteps<Json> {
  if (depth === 0) return (yield* job.task('leaf', place)).value ?? null
  const halves = [2 * place, 2 * place + 1].map((half) => () => growTree(job, depth - 1, half))
  return (yield* job.task('node', yield* job.all(halves))).value ?? null
}

const treePlan = definePlan(tree, {
  stages: ['leaf', 'node'],
  *steps(job) {
    return { value: yield* growTree(job, job.params.depth, 0) }
  },
})

const treeRun = defineRun(tree, {
  tasks: {
    leaf: (args) => ({ value: letterOf(Number(args)) }),
    node: (args) => ({ value: `(${joined(args as Json[])})` }),
  },
})

/** Its tasks change something outside: done again only when the person allows it. */
const outside = defineKind({
  ...letters,
  id: 'model-outside',
  title: 'Outside',
  effects: 'outside',
  params: z.strictObject({ cells, perTask, rerunUnknown: z.boolean() }),
  settle: (params) => params,
})

const outsidePlan = definePlan(outside, {
  stages: ['spell', 'join'],
  *steps(job) {
    const { cells: count, perTask: each } = job.params
    return yield* job.merge('join', yield* job.map('spell', job.items(count, 1), grouping(each)))
  },
})

const outsideRun = defineRun(outside, {
  maps: { spell: (split) => ({ value: spelled(split) }) },
  merges: { join: (parts) => ({ value: joined(parts.map(({ value }) => value)) }) },
})

export const plans: readonly Plan[] = [lettersPlan, bracketsPlan, linesPlan, treePlan, outsidePlan]
const runs: readonly Run[] = [lettersRun, bracketsRun, linesRun, treeRun, outsideRun]

export async function findRun(kind: string): Promise<Run> {
  const found = runs.find((run) => run.kind.id === kind)
  if (found === undefined) throw new Error(`no run for ${kind}`)
  return found
}

export interface Expected {
  result: Json
  /** Content of the artifact; null for kinds without one. */
  artifact: string | null
}

/** What a job must come to, by one plain pass over the items that were not set aside. */
export function expectedOf(kind: string, params: Record<string, Json>, setAside: ReadonlySet<number>): Expected {
  if (kind === tree.id) return { result: treeText(Number(params['depth']), 0), artifact: null }
  const items = Array.from({ length: Number(params['cells']) }, (_, item) => (setAside.has(item) ? '' : letterOf(item)))
  if (kind === brackets.id) return { result: bracketed(items), artifact: null }
  if (kind !== lines.id) return { result: items.join(''), artifact: null }
  const kept = items.filter((text) => text !== '')
  return { result: kept.length, artifact: kept.map((text) => `${text}\n`).join('') }
}

function treeText(depth: number, place: number): string {
  if (depth === 0) return letterOf(place)
  return `(${treeText(depth - 1, 2 * place)}${treeText(depth - 1, 2 * place + 1)})`
}

/** The largest power of two first, what is left over to the right of it. Nothing at all is merged once. */
function bracketed(items: readonly string[]): string {
  if (items.length === 0) return '()'
  if (items.length === 1) return items[0] ?? ''
  const half = 2 ** Math.ceil(Math.log2(items.length) - 1)
  return `(${bracketed(items.slice(0, half))}${bracketed(items.slice(half))})`
}
