import { z } from 'zod'
import { cellSourceSchema, inputSchema, inspectionSchema } from './dataset.ts'
import { jsonSchema } from './json.ts'
import { type TableWishes, tableWishesSchema } from './table.ts'
import { outputSampleSchema } from './outputSample.ts'
import { answerSchema, fileRefSchema, outcomeSchema, skippedRecordSchema } from './outcome.ts'

/**
 * The protocol between a fleet and one worker. Messages are small plain JSON: data travels as paths and offsets, never as bytes.
 * A worker is told of a job once, then gets batches of tasks of one operation of it, and runs them in the order given.
 */

export const workerJobSchema = z.strictObject({
  number: z.int(),
  id: z.string(),
  kind: z.string(),
  params: z.record(z.string(), jsonSchema),
  inputs: z.array(inputSchema),
  /** Absolute path of the job's scratch folder; it exists. */
  scratch: z.string(),
  /** Absolute path of the file in which this worker notes what it is at (contract/crumb.ts); without one it notes nothing. */
  crumb: z.string().optional(),
  /** Absolute path of the folder in which indexes are kept for later jobs; without one none are. */
  indexes: z.string().optional(),
})
export type WorkerJob = z.infer<typeof workerJobSchema>

/** What a batch's tasks do. `map`, `merge`, `task` and `items` run a stage function of the kind; `write` and `publish` are the runtime's own. */
export const workSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('map'),
    stage: z.string(),
    source: cellSourceSchema,
    partial: z.enum(['exact', 'perCell']),
    /** Answers that each of its tasks reads. */
    uses: z.array(answerSchema).optional(),
  }),
  z.strictObject({
    type: z.literal('merge'),
    stage: z.string(),
    partial: z.enum(['exact', 'perCell']),
    /** All cells of the map: what shape the tree has. */
    cells: z.int(),
  }),
  z.strictObject({ type: z.literal('task'), stage: z.string() }),
  /** Items of the open list that is the job's one input; `args` say where they stand (contract/open.ts). */
  z.strictObject({ type: z.literal('items'), stage: z.string() }),
  /** `folder`: what is copied are packs, whose files go into the folder `target`. */
  z.strictObject({ type: z.literal('write'), folder: z.boolean().optional() }),
  z.strictObject({ type: z.literal('publish'), name: z.string(), mediaType: z.string(), force: z.boolean() }),
])
export type Work = z.infer<typeof workSchema>

/** A copy that a `write` task makes: a whole scratch file to a place in the artifact's temporary file. */
export const copySchema = z.strictObject({ from: fileRefSchema, offset: z.int() })

export const taskOrderSchema = z.strictObject({
  seq: z.int(),
  attempt: z.int(),
  /** Cells, [from, to). */
  from: z.int(),
  to: z.int(),
  args: jsonSchema.optional(),
  /** An attempt before this one cost its worker its life: the place of each record is noted before it is handled. */
  careful: z.boolean().optional(),
  /** Records to be left out and set aside. */
  skip: z.array(skippedRecordSchema).optional(),
  /** The one listed item of the task is to be left out and set aside, for this reason. */
  leaveOut: z.string().optional(),
  /** Answers that it alone reads: a merge's parts in cell order, a task's `uses`. */
  uses: z.array(answerSchema).optional(),
  /** For `write`: what to copy into `target`, an absolute path; for `publish` of a folder: the packs that its files came from. */
  copies: z.array(copySchema).optional(),
  target: z.string().optional(),
  /** For `publish`: the final path, and the size and checksum that the temporary file must have. */
  final: z.string().optional(),
  bytes: z.int().optional(),
  crc32: z.int().optional(),
  rows: z.int().nullable().optional(),
})
export type TaskOrder = z.infer<typeof taskOrderSchema>

/** How an input is to be looked at: with cells of this size, and as the table that a person says it is. */
/** `folders`: one may be the input itself. */
const inspectOptions = {
  cellBytes: z.int().optional(),
  table: tableWishesSchema.optional(),
  folders: z.boolean().optional(),
}
export type InspectOptions = {
  cellBytes?: number | undefined
  table?: TableWishes | undefined
  folders?: boolean | undefined
}

export const toWorkerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('job'), job: workerJobSchema }),
  z.strictObject({
    type: z.literal('tasks'),
    job: z.int(),
    work: workSchema,
    tasks: z.array(taskOrderSchema),
    /** They wait for others: each is begun at once, beside what is under way (contract/needs.ts). */
    together: z.boolean().optional(),
  }),
  /**
   * Stop these tasks (all of the job's when absent): running ones cooperatively, waiting ones at once; each answers `cancelled`, or, when it
   * got nowhere, as failed for that.
   */
  z.strictObject({
    type: z.literal('cancel'),
    job: z.int(),
    seqs: z.array(z.int()).optional(),
    because: z.literal('no-progress').optional(),
  }),
  /** The job is over: forget it. */
  z.strictObject({ type: z.literal('forget'), job: z.int() }),
  z.strictObject({ type: z.literal('inspect'), request: z.int(), path: z.string(), ...inspectOptions }),
  /** The first rows that a job of this kind would write, from the head of these inputs. */
  z.strictObject({
    type: z.literal('sample'),
    request: z.int(),
    kind: z.string(),
    params: z.record(z.string(), jsonSchema),
    inputs: z.array(inputSchema),
  }),
  /** Finish the running task, answer, exit. */
  z.strictObject({ type: z.literal('quit') }),
])
export type ToWorker = z.infer<typeof toWorkerSchema>

/** A refused inspection is a value: code and message as contract/commandError.ts has them. */
export const inspectReplySchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), inspection: inspectionSchema }),
  z.strictObject({
    ok: z.literal(false),
    code: z.enum(['input-missing', 'input-unreadable', 'input-not-a-file', 'input-wrong-format']),
    message: z.string(),
  }),
])
export type InspectReply = z.infer<typeof inspectReplySchema>

/** `refused`: a job would fail for the same reason; `why`: nothing is said of the job. */
export const sampleReplySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('sampled'), sample: outputSampleSchema.nullable() }),
  z.strictObject({ type: z.literal('refused'), message: z.string() }),
  z.strictObject({ type: z.literal('none'), why: z.string() }),
])
export type SampleReply = z.infer<typeof sampleReplySchema>

/** A task under way, with what is done of it. */
const runningSchema = z.strictObject({
  job: z.int(),
  seq: z.int(),
  attempt: z.int(),
  bytes: z.number(),
  rows: z.number(),
})
export type RunningTask = z.infer<typeof runningSchema>

export const fromWorkerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), pid: z.int(), node: z.string() }),
  z.strictObject({
    type: z.literal('outcomes'),
    job: z.int(),
    outcomes: z.array(z.strictObject({ seq: z.int(), attempt: z.int(), outcome: outcomeSchema })),
  }),
  /**
   * Every 500 ms, from the thread that never computes. `running` is what compute is at; `beside` are the others, where tasks wait for others
   * together.
   */
  z.strictObject({
    type: z.literal('heartbeat'),
    rssBytes: z.int(),
    heapBytes: z.int(),
    cpuMs: z.number(),
    running: runningSchema.nullable(),
    beside: z.array(runningSchema).optional(),
  }),
  z.strictObject({ type: z.literal('inspected'), request: z.int(), reply: inspectReplySchema }),
  z.strictObject({ type: z.literal('sampled'), request: z.int(), reply: sampleReplySchema }),
  z.strictObject({ type: z.literal('log'), level: z.enum(['info', 'warn', 'error']), line: z.string() }),
])
export type FromWorker = z.infer<typeof fromWorkerSchema>

/** The end of a worker that ran out of heap: an exit code of its own, so that it is not taken for a crash. */
export const outOfMemoryExitCode = 71
export const heartbeatMs = 500
