import type { z } from 'zod'
import type { CellSource, Input } from './dataset.ts'
import type { Json } from './json.ts'
import type { Kind } from './kind.ts'
import type { TaskNeeds } from './needs.ts'
import type { Answer } from './outcome.ts'

/**
 * The vocabulary of plans. A plan is a generator that yields operations and gets their answers; it has no clock, no randomness and
 * no I/O, so that the master can replay it after a restart. Each operation is known by its place (an ordinal path) and a hash of
 * what it asks for; an answer that is recorded is returned at once.
 */
export type Operation = TaskOperation | MapOperation | MergeOperation | WriteOperation | AllOperation | OpenOperation

/** One task. `uses` are answers whose files and values it reads. */
export interface TaskOperation {
  type: 'task'
  stage: string
  args: Json
  uses: Answer[]
}

/**
 * A task per split of the source. `cellsPerTask` fixes the size of splits; otherwise the engine chooses and adapts it. `uses` are answers
 * whose files and values every task of it reads: what grows with the data belongs into their files, not into their values.
 */
export interface MapOperation {
  type: 'map'
  stage: string
  source: CellSource
  uses: Answer[]
  partial: PartialForm
  cellsPerTask: number | null
}

/** Folds a map's answers along its cells. */
export interface MergeOperation {
  type: 'merge'
  stage: string
  from: MapHandle
}

/**
 * One ordered artifact: the scratch file called `file` of each answer, one after the other. With a folder's media type each of these is a
 * pack of files (datasets/write/pack.ts), and the artifact is the folder that has them all.
 */
export interface WriteOperation {
  type: 'write'
  name: string
  mediaType: string
  file: string
  from: MapHandle | Answer
}

/** Each item of the job's open list as it comes, by the kind's `item` stage, until the list has ended. It stands before the plan's own. */
export interface OpenOperation {
  type: 'open'
  stage: string
}

/** Sub-plans side by side. */
export interface AllOperation {
  type: 'all'
  branches: PlanThunk[]
}

/**
 * `exact` partials come out the same under any grouping (counts, exact sums, sets). `perCell` partials (floating sums, sketches) are
 * made cell by cell and folded along the fixed binary tree over cell numbers, by the runtime.
 */
export type PartialForm = 'exact' | 'perCell'

/** Stands for the answers of a map, in cell order, without holding them. */
export interface MapHandle {
  handle: 'map'
  /** The operation's id. */
  operation: string
}

export type PlanSteps<Result> = Generator<Operation, Result, unknown>
/** A sub-plan returns at most 4 KiB of JSON. */
export type PlanThunk = () => PlanSteps<Json>

/** The stages of a shuffle: a map over the source, a merge of what it leaves, a map over the buckets (datasets/shuffle helps with all three). */
export interface ShuffleStages {
  partition: string
  gather: string
  bucket: string
}

/** What a plan may ask for. Each method that yields is used with `yield*`. */
export interface Planner<Params> {
  readonly params: Params
  readonly inputs: readonly Input[]
  /** All cells of all inputs, in order. */
  cells(): CellSource
  /** n listed values: one by one up to 4,096, then n/4,096 to a cell, or `perCell` to a cell. */
  items(count: number, perCell?: number): CellSource
  task(stage: string, args: Json, uses?: Answer[]): PlanSteps<Answer>
  map(
    stage: string,
    source: CellSource,
    options?: { partial?: PartialForm; cellsPerTask?: number; uses?: Answer[] },
  ): PlanSteps<MapHandle>
  merge(stage: string, from: MapHandle): PlanSteps<Answer>
  /**
   * Brings together what belongs together: each task of `partition` leaves its records by bucket, `gather` merges where they stand, and each
   * task of `bucket` has one bucket, whose number is its item; the answers that it uses are what was gathered and then `uses`, which
   * `partition` uses too. The handle's answers are those of the buckets, in their order.
   */
  shuffle(
    stages: ShuffleStages,
    source: CellSource,
    options: { buckets: number; uses?: Answer[] },
  ): PlanSteps<MapHandle>
  write(artifact: { name: string; mediaType: string }, from: MapHandle | Answer, file: string): PlanSteps<void>
  all(branches: PlanThunk[]): PlanSteps<Json[]>
}

export interface Plan<Params = unknown> {
  kind: Kind
  /** Its stages' names in the order in which a person meets them. */
  stages: readonly string[]
  /** What it returns is the job's result: a value, or a reference to one that is too large to stand inline. */
  steps(job: Planner<Params>): PlanSteps<Answer>
  /** What each task of a stage needs; what is left out is as for a stage that only computes (contract/needs.ts). */
  needs(stage: string, job: { params: Params; inputs: readonly Input[] }): Partial<TaskNeeds>
  /**
   * The result of a job whose items came while it ran, by how many they were. Where there is none the plan runs over all of them once the
   * list has ended, as over any text.
   */
  closed: ((items: number) => Answer) | null
  /** Turns a merge's value, which may cover only a part, into the kind's result form: the partial answer. */
  partialResult(merged: Json, params: Params): Json
}

export function definePlan<Params extends z.ZodType, Result extends z.ZodType>(
  kind: Kind<Params, Result>,
  plan: Pick<Plan<z.output<Params>>, 'stages' | 'steps'> & Partial<Plan<z.output<Params>>>,
): Plan<z.output<Params>> {
  return { needs: () => ({}), closed: null, partialResult: (merged) => merged, ...plan, kind }
}
