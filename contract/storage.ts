import { z } from 'zod'
import { jobStateSchema } from './job.ts'

/** What a home takes of the disk, and how long it keeps what. */

/** `<home>/settings.json`. Null keeps everything. */
export const keepingSchema = z.strictObject({
  /** Jobs that ended longer ago than this are removed. */
  keepDays: z.int().min(1).max(36_500).nullable().default(null),
  /** When the home takes more than this, the jobs that ended longest ago are removed until it does not. */
  keepBytes: z.int().min(1).nullable().default(null),
})
export type Keeping = z.infer<typeof keepingSchema>

/** Bytes by where they lie. `database` of one job is an estimate: rows of all jobs share the same pages. */
const jobBytesSchema = z.strictObject({
  database: z.number(),
  scratch: z.number(),
  spool: z.number(),
  /** Its own folder under the home's `out/`; files that it wrote elsewhere are the person's. */
  out: z.number(),
})

export const jobStorageSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  state: jobStateSchema,
  finishedAt: z.number().nullable(),
  bytes: jobBytesSchema,
  total: z.number(),
})
export type JobStorage = z.infer<typeof jobStorageSchema>

export const storageSchema = z.strictObject({
  home: z.string(),
  keeping: keepingSchema,
  bytes: z.strictObject({
    database: z.number(),
    backups: z.number(),
    /** Databases that could not be read and were moved aside. */
    movedAside: z.number(),
    logs: z.number(),
    scratch: z.number(),
    spool: z.number(),
    out: z.number(),
    /** What jobs found out about files, for later jobs over the same ones: it may go at any time. */
    indexes: z.number(),
  }),
  total: z.number(),
  /** Of the disk that holds the home. */
  diskFree: z.number(),
  /** What removing every job that has ended would free, about. */
  freeable: z.strictObject({ jobs: z.int(), bytes: z.number() }),
  /** The ten that take most. */
  largest: z.array(jobStorageSchema),
})
export type Storage = z.infer<typeof storageSchema>
