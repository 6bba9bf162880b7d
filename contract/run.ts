import type { z } from 'zod'
import type { Input, Piece } from './dataset.ts'
import type { Json } from './json.ts'
import type { Kind } from './kind.ts'
import type { FileRef, RecordPlace, RejectedRecord } from './outcome.ts'

/** The cells a task covers, [from, to), and what they are: pieces of inputs, or numbers of listed items. */
export interface Split {
  from: number
  to: number
  pieces: Piece[]
  items: { from: number; to: number }
}

/** What a stage function returns; the runtime gives it its final shape (contract/outcome.ts, Answer). */
export interface StageAnswer {
  value?: Json
  files?: Record<string, FileRef>
}

/** A scratch file being written, in order, through a buffer. */
export interface ScratchWriter {
  write(bytes: Uint8Array | string): void
  /** Flushes, closes and tells what was written. */
  finish(rows?: number): FileRef
}

/** An answer of an earlier operation as stages receive it: its value (read back when it had been moved to a file) and its files. */
export interface Part {
  value: Json
  files: Record<string, FileRef>
}

/** What a task may touch. It exists in the compute thread of a worker only. */
export interface RunContext<Params = unknown> {
  params: Params
  inputs: readonly Input[]
  /** An attempt before this one cost its worker its life: records are to be handled one by one, each after `record` was called for it. */
  careful: boolean
  /** The absolute path of the folder in which what is worth it is kept for later jobs; null when nothing is. What is there may go at any time. */
  indexes: string | null
  /** The absolute path of a scratch file that an earlier task left. Its size has been checked. */
  path(ref: FileRef): string
  /** A new scratch file of this attempt. */
  scratch(name: string): ScratchWriter
  /** Aborted when the task has been told to stop: for stage functions that await. */
  readonly signal: AbortSignal
  /** Opens an input for reading after checking that it is still the version that the job was made for; the same descriptor each time. */
  open(input: number): number
  /** Records of an input that a person has put right, by their first byte: readers of records give them in the place of what stands there. */
  mended(input: number): ReadonlyMap<number, Uint8Array> | null
  /** Adds to what is done: `bytes` read, `rows` handled. Throws when the task has been told to stop. */
  progress(bytes: number, rows: number): void
  /**
   * To be called before each record is handled; readers of records do it themselves. In a careful attempt, which follows one that cost its
   * worker its life, it notes the place where no crash can erase it. False when the record has been found to be the cause: it has been
   * set aside with its text and must be left out.
   */
  record(place: Omit<RecordPlace, 'piece'>, raw: () => string): boolean
  /** Sets a record aside; the job goes on without it. */
  reject(record: Omit<RejectedRecord, 'piece'>): void
  /**
   * Says how many records the piece just read had, so that later rejects count their rows from the right place, and that none of them is
   * being handled any more.
   */
  endPiece(rows: number): void
  log(line: string): void
  /** A sentence for the job's story, told when the task has succeeded; the last one counts. */
  tell(sentence: string): void
}

/** Where a kind shows the first rows of its output. */
export interface SampleRows {
  columns(names: readonly string[]): void
  /** Throws when there are enough, as `progress` does when a task is to stop. */
  row(fields: readonly (string | null)[]): void
}

export interface Run<Params = unknown> {
  kind: Kind
  maps: Record<string, MapStage<Params>>
  merges: Record<string, MergeStage<Params>>
  tasks: Record<string, TaskStage<Params>>
  /** One item of an open list. What it throws is told beside the item, and the job goes on; a `TaskFailure` is the task's. */
  item: ItemStage<Params> | null
  /** By map stage made cell by cell: the merge stage that folds its cells, so that workers may begin with it. */
  folds: Record<string, string>
  sample?: SampleStage<Params>
}

export interface StageFunctions<Params> {
  /** Stages of `job.map`: a split in, and the answers that the map uses; a partial out. */
  maps?: Record<string, MapStage<Params>>
  /** Stages of `job.merge`: adjacent partials in cell order in, a partial of the same form out. */
  merges?: Record<string, MergeStage<Params>>
  /** Stages of `job.task`. */
  tasks?: Record<string, TaskStage<Params>>
  item?: ItemStage<Params>
  folds?: Record<string, string>
  /**
   * Of kinds whose output is rows: the first ones, by the code that writes them. The split is the head of the inputs, each of one cell where
   * its text can be read from its beginning, so that no index is needed; nothing may be written.
   */
  sample?: SampleStage<Params>
}

// Written as methods, whose parameters compare both ways: a registry holds runs of all kinds, and the params of each have been parsed by
// its kind's schema before its stages see them.
interface StageMethods<Params> {
  map(split: Split, context: RunContext<Params>, uses: Part[]): StageAnswer | Promise<StageAnswer>
  merge(parts: Part[], context: RunContext<Params>): StageAnswer | Promise<StageAnswer>
  task(args: Json, uses: Part[], context: RunContext<Params>): StageAnswer | Promise<StageAnswer>
  item(text: string, context: RunContext<Params>): Json | Promise<Json>
  sample(split: Split, context: RunContext<Params>, rows: SampleRows): void | Promise<void>
}
export type MapStage<Params> = StageMethods<Params>['map']
export type MergeStage<Params> = StageMethods<Params>['merge']
export type TaskStage<Params> = StageMethods<Params>['task']
export type ItemStage<Params> = StageMethods<Params>['item']
export type SampleStage<Params> = StageMethods<Params>['sample']

export function defineRun<Params extends z.ZodType, Result extends z.ZodType>(
  kind: Kind<Params, Result>,
  stages: StageFunctions<z.output<Params>>,
): Run<z.output<Params>> {
  return { kind, maps: {}, merges: {}, tasks: {}, item: null, folds: {}, ...stages }
}

/** Thrown by a stage function to end its attempt with a code of its own (contract/outcome.ts, failureCodes). */
export class TaskFailure extends Error {
  override name = 'TaskFailure'
  readonly code: 'refused-input' | 'input-changed' | 'output-exists' | 'transient' | 'disk-full' | 'part-lost'

  constructor(code: TaskFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A scratch file that an earlier task left is gone or damaged. */
export class PartLost extends TaskFailure {
  override name = 'PartLost'
  /** The file's name in the job's scratch folder. */
  readonly file: string

  constructor(file: string, why: string) {
    super('part-lost', `cannot read the scratch file ${file}: ${why}`)
    this.file = file
  }
}

/** Thrown out of `context.progress` when the task has been told to stop. */
export class TaskStopped extends Error {
  override name = 'TaskStopped'
}
