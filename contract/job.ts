import { z } from 'zod'
import { inputSchema } from './dataset.ts'
import { jsonSchema } from './json.ts'
import { artifactSchema, recordPlaceSchema } from './outcome.ts'
import { jobStates, taskStates } from './transitions.ts'

export const jobStateSchema = z.enum(jobStates)
export const taskStateSchema = z.enum(taskStates)

/** Tasks of a job over all stages; the states add up to `total`. */
export const taskCountsSchema = z.strictObject({
  total: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  replaced: z.int(),
  unfinished: z.int(),
})

/** Milliseconds; null while they are not known. `workMs` and `mergeMs` are sums of task times over all workers. */
export const timingSchema = z.strictObject({
  planMs: z.number().nullable(),
  workMs: z.number().nullable(),
  mergeMs: z.number().nullable(),
  wallMs: z.number().nullable(),
  cpuMs: z.number().nullable(),
  overheadMsPerTask: z.number().nullable(),
})
export type Timing = z.infer<typeof timingSchema>

/** Why a job failed, in a person's words; `task` is the one that ended it. */
export const jobErrorSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  task: z.int().nullable(),
})
export type JobError = z.infer<typeof jobErrorSchema>

/** What `run`, `show` and `jobs` print of a job. Instants are epoch milliseconds, absent figures null. */
export const jobSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  kindVersion: z.int(),
  state: jobStateSchema,
  params: z.record(z.string(), jsonSchema),
  inputs: z.array(inputSchema),
  /** Folder of the artifacts; null for a kind that writes none. */
  outDir: z.string().nullable(),
  /** Whether files of the same names in `outDir` may be replaced. */
  force: z.boolean(),
  /** Higher runs first. */
  priority: z.int(),
  /** Workers asked for; null means every core. */
  workers: z.int().nullable(),
  /** How many records may be set aside before the job fails; null means the larger of 1,000 and 1 % of its rows. */
  maxRejects: z.int().min(0).nullable(),
  /** Bytes or items per task asked for; null lets the engine choose. */
  split: z.int().nullable(),
  tags: z.array(z.string()),
  note: z.string(),
  parentId: z.string().nullable(),
  host: z.string(),
  versions: z.record(z.string(), z.string()),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  tasks: taskCountsSchema,
  attempts: z.int(),
  rejects: z.int(),
  bytes: z.int(),
  rows: z.int(),
  timing: timingSchema,
})
export type Job = z.infer<typeof jobSchema>

/** What a job's maker decides; the store fills in the rest. */
export type NewJob = Omit<
  Job,
  'state' | 'startedAt' | 'finishedAt' | 'tasks' | 'attempts' | 'rejects' | 'bytes' | 'rows' | 'timing'
> & {
  /** Counts jobs of this home from 1; the integer by which tables and messages name the job. */
  number: number
}

/** `--json` of `run` and `show`. */
export const jobDocumentSchema = z.strictObject({
  job: jobSchema,
  result: jsonSchema,
  artifacts: z.array(artifactSchema),
  error: jobErrorSchema.optional(),
})
export type JobDocument = z.infer<typeof jobDocumentSchema>

/** How far a running job is. Fractions never run backwards. */
export const progressSchema = z.strictObject({
  /** What is being done, by the plan's stage name. */
  stage: z.string(),
  /** 0 to 1 of the known work, null while the whole is not known. */
  fraction: z.number().nullable(),
  bytesDone: z.number(),
  bytesTotal: z.number().nullable(),
  bytesPerSecond: z.number(),
  /** A range that should hold the truth four times in five. */
  remainingMs: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
  /** Why it does not go faster, when something holds it back. */
  waitingFor: z.string().nullable(),
})
export type Progress = z.infer<typeof progressSchema>

/** The newest merged answer of a running job and the share of cells that it covers. */
export const partialAnswerSchema = z.strictObject({ result: jsonSchema, coverage: z.number() })
export type PartialAnswer = z.infer<typeof partialAnswerSchema>

/** A job as it is told again and again: of a bounded size, whatever was asked for (contract/jobBrief.ts). */
export const jobBriefSchema = jobSchema.omit({ inputs: true }).extend({
  inputs: z.strictObject({
    /** The first few. */
    first: z.array(inputSchema.pick({ name: true, bytes: true })),
    count: z.int(),
    bytes: z.int(),
  }),
  /** Names of the params that are too long to be told here. */
  paramsLeftOut: z.array(z.string()),
})
export type JobBrief = z.infer<typeof jobBriefSchema>

/** A job as lists and live deltas carry it. `version` grows whenever anything about the job changed. */
export const jobSummarySchema = z.strictObject({
  job: jobBriefSchema,
  progress: progressSchema.nullable(),
  version: z.int(),
})
export type JobSummary = z.infer<typeof jobSummarySchema>

/** `tasks JOB --json`. `cells` is [from, to). */
export const taskSchema = z.strictObject({
  id: z.int(),
  stage: z.string(),
  cells: z.tuple([z.int(), z.int()]),
  state: taskStateSchema,
  attempt: z.int(),
  worker: z.int().nullable(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  bytes: z.int(),
  rows: z.int(),
})
export type Task = z.infer<typeof taskSchema>

/** One execution of a task, kept when there was more than one or it did not succeed. */
export const attemptSchema = z.strictObject({
  task: z.int(),
  attempt: z.int(),
  worker: z.int(),
  startedAt: z.number().nullable(),
  endedAt: z.number(),
  outcome: z.string(),
  message: z.string().nullable(),
  stack: z.string().nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  peakMemoryBytes: z.int().nullable(),
  logTail: z.string().nullable(),
  /** The last that was heard of how far it had come. */
  bytes: z.number().nullable(),
  rows: z.number().nullable(),
  /** The record that it was at, when it was careful. */
  place: recordPlaceSchema.nullable(),
})
export type Attempt = z.infer<typeof attemptSchema>

/** `rejects JOB --json`. `row` is 1-based over the whole input, a header not counted; null until the rows before it are known. */
export const rejectSchema = z.strictObject({
  source: z.string(),
  row: z.int().nullable(),
  offset: z.int(),
  reason: z.string(),
  raw: z.string(),
})
export type Reject = z.infer<typeof rejectSchema>

/** A line of a job's story. */
export const jobEventSchema = z.strictObject({
  at: z.number(),
  type: z.enum([
    'queued',
    'started',
    'planned',
    'firstResult',
    'retried',
    'workerLost',
    'interrupted',
    'halved',
    'setAside',
    'paused',
    'resumed',
    'cancelling',
    'cancelled',
    'undone',
    'failed',
    'succeeded',
    'retriedByPerson',
    'recovered',
    'note',
  ]),
  text: z.string(),
})
export type JobEvent = z.infer<typeof jobEventSchema>

/** One second of one worker on one job. */
export const sampleSchema = z.strictObject({
  at: z.number(),
  worker: z.int(),
  memoryBytes: z.int(),
  cpuFraction: z.number(),
  bytesPerSecond: z.number(),
})
export type Sample = z.infer<typeof sampleSchema>

/** What each worker did of a job. */
export const workerShareSchema = z.strictObject({
  worker: z.int(),
  tasks: z.int(),
  bytes: z.int(),
  rows: z.int(),
  busyMs: z.number(),
})
export type WorkerShare = z.infer<typeof workerShareSchema>
