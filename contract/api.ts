import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { commandResultSchema } from './commandError.ts'
import { inspectionSchema } from './dataset.ts'
import {
  attemptSchema,
  jobDocumentSchema,
  jobEventSchema,
  jobStateSchema,
  jobSummarySchema,
  partialAnswerSchema,
  progressSchema,
  rejectSchema,
  sampleSchema,
  taskSchema,
  taskStateSchema,
  workerShareSchema,
} from './job.ts'
import { type Json, jsonSchema } from './json.ts'
import { mendedRejectSchema } from './mended.ts'
import { workerOffers } from './needs.ts'
import { answerLineSchema, longestItem } from './open.ts'
import { checkedSchema } from './outputSample.ts'
import { recipeSchema } from './recipe.ts'
import { keepingSchema, storageSchema } from './storage.ts'
import { tableWishesSchema } from './table.ts'

/**
 * What a client may ask of a host, the same over the local socket, WebSocket and MessagePort. A command that cannot be carried out
 * answers with a CommandError as a value.
 *
 * Pages get names where this says paths: an input's `path` is what tells it from the job's others (its name, with a number behind it
 * where two have the same), those of artifacts, `outDir` and `home` are their last parts, sentences name no folder. Only below a folder
 * that was served to pages (`roots`) are paths real for them.
 */

/**
 * How a client names an input. A `path` is taken only from clients that speak for the person (the command line, a dialog of the host);
 * a browser has an `upload` (a token from PUT /api/uploads) or a `listed` file (under a --root folder). An `artifact` is what an earlier job
 * wrote, by that job's id, a unique prefix of one, or `last`. An `open` list has no item yet: they are given while the job runs
 * (`jobs.give`); it is the job's only source. `leased`: it ends early when nothing has been heard of its giver for 10 s.
 */
export const sourceSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('path'),
    path: z.string().min(1).max(32_768),
    /** What to call it where the last part of its path does not tell: its way below a folder that was named. */
    name: z.string().max(32_768).optional(),
  }),
  z.strictObject({ type: z.literal('spooled'), path: z.string().min(1).max(32_768), name: z.string().max(255) }),
  z.strictObject({ type: z.literal('upload'), token: z.string().max(100) }),
  z.strictObject({ type: z.literal('listed'), path: z.string().min(1).max(32_768) }),
  z.strictObject({ type: z.literal('open'), leased: z.boolean(), name: z.string().min(1).max(255) }),
  z.strictObject({ type: z.literal('artifact'), job: z.string().min(1).max(100), name: z.string().min(1).max(255) }),
])
export type Source = z.infer<typeof sourceSchema>

export const jobRequestSchema = z.strictObject({
  kind: z.string().max(100),
  /** Passed on as it came, so that intake can name what it refuses; the kind's own schema checks it. */
  params: z.custom<Record<string, Json>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  ),
  sources: z.array(sourceSchema).max(100_000),
  name: z.string().min(1).max(200).optional(),
  /** `exact`: this folder. `fresh`: this folder or the first free of -2, -3, … beside it. Absent: the home's own folder for the job. */
  out: z.strictObject({ dir: z.string().max(32_768), choose: z.enum(['exact', 'fresh']) }).optional(),
  force: z.boolean().optional(),
  workers: z.int().min(1).max(64).optional(),
  /** Bytes per task for kinds that read files, items otherwise. */
  split: z.int().min(1).optional(),
  priority: z.int().min(-100).max(100).optional(),
  maxRejects: z.int().min(0).optional(),
  tags: z.array(z.string().max(100)).max(50).optional(),
  note: z.string().max(10_000).optional(),
})
export type JobRequest = z.infer<typeof jobRequestSchema>

export const workerSchema = z.strictObject({
  slot: z.int(),
  /** `cpu`: it computes, a task at a time; `io`: it waits for others with many at once. */
  offers: z.enum(workerOffers),
  pid: z.int().nullable(),
  state: z.enum(['starting', 'idle', 'busy', 'ending', 'dead']),
  memoryBytes: z.int(),
  cpuMs: z.number(),
  tasksDone: z.int(),
  restarts: z.int(),
  /** Of the job whose task it is at. */
  jobId: z.string().nullable(),
})
export type WorkerInfo = z.infer<typeof workerSchema>

/**
 * Changes since the last delta, coalesced at 10 Hz. The first one a watcher gets is whole: every unfinished job. `workers` are all there are, in
 * each one.
 */
export const deltaSchema = z.strictObject({
  sequence: z.int(),
  whole: z.boolean(),
  jobs: z.array(jobSummarySchema),
  removed: z.array(z.string()),
  workers: z.array(workerSchema),
})
export type Delta = z.infer<typeof deltaSchema>

export const jobFilterSchema = z.strictObject({
  state: jobStateSchema.optional(),
  kind: z.string().max(100).optional(),
  search: z.string().max(500).optional(),
  limit: z.int().min(1).max(10_000).default(50),
  offset: z.int().min(0).default(0),
})
export type JobFilter = z.infer<typeof jobFilterSchema>

/** A job as its own page shows it. */
export const jobDetailSchema = z.strictObject({
  document: jobDocumentSchema,
  /** What the document's job has besides, and is too large to be told: so many inputs more, and these params. */
  leftOut: z.strictObject({ inputs: z.int(), params: z.array(z.string()) }),
  progress: progressSchema.nullable(),
  partial: partialAnswerSchema.nullable(),
  events: z.array(jobEventSchema),
  shares: z.array(workerShareSchema),
  samples: z.array(sampleSchema),
  failures: z.array(attemptSchema),
  stages: z.array(z.strictObject({ stage: z.string(), total: z.int(), succeeded: z.int(), busyMs: z.number() })),
  version: z.int(),
})
export type JobDetail = z.infer<typeof jobDetailSchema>

const jobName = z.strictObject({ job: z.string().min(1).max(100) })
const page = { limit: z.int().min(1).max(100_000).default(200), offset: z.int().min(0).default(0) }
const done = commandResultSchema(z.strictObject({ job: jobSummarySchema }))

export const hostInfoSchema = z.strictObject({
  version: z.string(),
  protocol: z.int(),
  pid: z.int(),
  mode: z.enum(['desktop', 'serve', 'background', 'run']),
  home: z.string(),
  cores: z.int(),
  roots: z.array(z.string()),
  /** What had to be done about the home's ledger when this host opened it, in sentences. */
  notes: z.array(z.string()).optional(),
})
export type HostInfo = z.infer<typeof hostInfoSchema>

/** Grows when the contract changes so that older clients cannot speak it. */
export const protocolVersion = 1

export const kindInfoSchema = z.strictObject({
  id: z.string(),
  version: z.int(),
  title: z.string(),
  summary: z.string(),
  accepts: z.array(z.string()),
  inputs: z.enum(['required', 'optional', 'none']),
  /** Whether items can be given to it while its job runs. */
  open: z.boolean(),
  group: z.enum(['work', 'diagnostics']),
  params: jsonSchema,
  result: jsonSchema,
})
export type KindInfo = z.infer<typeof kindInfoSchema>

export const fileEntrySchema = z.strictObject({
  name: z.string(),
  path: z.string(),
  folder: z.boolean(),
  bytes: z.int().nullable(),
})
export type FileEntry = z.infer<typeof fileEntrySchema>

export const api = {
  host: {
    info: oc.output(hostInfoSchema),
    watch: oc.input(z.strictObject({ since: z.int().optional() })).output(eventIterator(deltaSchema)),
    /** What takes the disk. */
    storage: oc.output(storageSchema),
    /** Changes how long the home keeps what has ended. */
    keep: oc.input(keepingSchema).output(commandResultSchema(keepingSchema)),
    /** An address that lets one more browser in, where the host shows its dashboard in one. Local socket only. */
    invite: oc.output(commandResultSchema(z.strictObject({ url: z.string() }))),
    /** Quiet, commit, release the lock and end, so that a waiting successor takes over. Local socket only. */
    handOver: oc.input(z.strictObject({ reason: z.string().max(200) })).output(commandResultSchema(z.null())),
  },
  kinds: {
    list: oc.output(z.array(kindInfoSchema)),
  },
  recipes: {
    list: oc.output(commandResultSchema(z.array(recipeSchema))),
    save: oc
      .input(
        recipeSchema
          .omit({ savedAt: true })
          .extend({ name: z.string().max(1000), replace: z.boolean().default(false) }),
      )
      .output(commandResultSchema(recipeSchema)),
    remove: oc.input(z.strictObject({ name: z.string().max(200) })).output(commandResultSchema(z.null())),
  },
  datasets: {
    /** With `table`: as the table that the person says it is. */
    inspect: oc
      .input(z.strictObject({ sources: z.array(sourceSchema).min(1).max(1000), table: tableWishesSchema.optional() }))
      .output(commandResultSchema(z.array(inspectionSchema))),
    /** Files under the --root folders; an absent folder lists the roots. */
    list: oc
      .input(z.strictObject({ folder: z.string().max(32_768).optional() }))
      .output(commandResultSchema(z.array(fileEntrySchema))),
  },
  jobs: {
    submit: oc.input(jobRequestSchema).output(done),
    /** Refuses what `submit` would refuse, in the same words, and makes no job: what it would write begins like this. */
    check: oc.input(jobRequestSchema).output(commandResultSchema(checkedSchema)),
    list: oc.input(jobFilterSchema).output(z.strictObject({ jobs: z.array(jobSummarySchema), total: z.int() })),
    get: oc.input(jobName).output(commandResultSchema(jobDetailSchema)),
    tasks: oc
      .input(
        z.strictObject({
          job: z.string().max(100),
          state: taskStateSchema.optional(),
          stage: z.string().max(100).optional(),
          ...page,
        }),
      )
      .output(commandResultSchema(z.strictObject({ tasks: z.array(taskSchema), total: z.int() }))),
    rejects: oc
      .input(z.strictObject({ job: z.string().max(100), ...page }))
      .output(commandResultSchema(z.strictObject({ rejects: z.array(rejectSchema), total: z.int() }))),
    /**
     * Items for a job with an open list, on disk once it answers. `at` is how many were given before: what had come already is left out, so that
     * a giver that was cut off gives again what it is not sure of; without it they follow what others gave. When it is `full`, they are to be
     * given again a little later.
     */
    give: oc
      .input(
        z.strictObject({
          job: z.string().min(1).max(100),
          at: z.int().min(0).optional(),
          items: z
            .array(
              z
                .string()
                .max(longestItem)
                .regex(/^[^\n]*$/, 'one line'),
            )
            .max(10_000),
          end: z.boolean().default(false),
        }),
      )
      .output(commandResultSchema(z.strictObject({ items: z.int(), full: z.boolean() }))),
    /** What came of the items, in order of arrival, from a place that an earlier answer named (0 at first); waits a second for more. */
    answers: oc.input(z.strictObject({ job: z.string().min(1).max(100), from: z.int().min(0) })).output(
      commandResultSchema(
        z.strictObject({
          answers: z.array(answerLineSchema),
          next: z.int(),
          /** How many items have come and how many of them are answered, where the job still runs. */
          counts: z.strictObject({ items: z.int(), answered: z.int() }).nullable(),
          /** Whether items may still be given. */
          open: z.boolean(),
          /** Nothing follows. */
          over: z.boolean(),
        }),
      ),
    ),
    cancel: oc.input(jobName).output(done),
    undoCancel: oc.input(jobName).output(done),
    pause: oc.input(jobName).output(done),
    resume: oc.input(jobName).output(done),
    retry: oc.input(jobName).output(done),
    /** With `mended`: over the same inputs, with these records in the place of what the job had set aside. */
    rerun: oc.input(jobName.extend({ mended: z.array(mendedRejectSchema).max(100_000).optional() })).output(done),
    /** With what it wrote into its own folder in the home, and with `out` whatever else lies there; files elsewhere always stay. */
    remove: oc
      .input(z.strictObject({ job: z.string().min(1).max(100), out: z.boolean().optional() }))
      .output(commandResultSchema(z.null())),
    change: oc
      .input(
        z.strictObject({
          job: z.string().max(100),
          name: z.string().min(1).max(200).optional(),
          note: z.string().max(10_000).optional(),
          tags: z.array(z.string().max(100)).max(50).optional(),
        }),
      )
      .output(done),
  },
}
export type Api = typeof api
