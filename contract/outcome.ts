import { z } from 'zod'
import { type Json, jsonSchema } from './json.ts'

/** A file in a job's scratch folder. `crc32` is zlib's, over all its bytes. */
export const fileRefSchema = z.strictObject({
  /** Relative to the job's scratch folder. It names the attempt that wrote it, so that a late attempt overwrites nothing. */
  file: z.string(),
  bytes: z.int().min(0),
  crc32: z.int(),
  rows: z.int().min(0).optional(),
})
export type FileRef = z.infer<typeof fileRefSchema>

/** Which attempt of which task wrote a scratch file: its name begins with both. */
export function writerOf(file: string): { seq: number; attempt: number } {
  const [seq, attempt] = file.split('.').map(Number)
  return { seq: seq ?? Number.NaN, attempt: attempt ?? Number.NaN }
}

/**
 * What a stage hands on. `value` is at most 4 KiB of JSON; the runtime moves a larger one into a scratch file and leaves `ref`.
 * `files` are scratch files by the kind's own names.
 */
export const answerSchema = z.strictObject({
  value: jsonSchema.optional(),
  ref: fileRefSchema.optional(),
  files: z.record(z.string(), fileRefSchema).optional(),
})
export type Answer = z.infer<typeof answerSchema>

/** What the ledger keeps of an operation or a sub-plan that has ended: what the plan got for it. */
export type Recorded = Json | Answer

/** A record set aside. `record` counts from 0 within its piece, `offset` is its first byte in the input. */
export const rejectedRecordSchema = z.strictObject({
  input: z.int().min(0),
  piece: z.int().min(0),
  record: z.int().min(0),
  offset: z.int().min(0),
  reason: z.string(),
  /** The record's first 4 KiB. */
  raw: z.string(),
})
export type RejectedRecord = z.infer<typeof rejectedRecordSchema>

/** Where a record stands: `record` counts from 0 within its piece. Listed items have their number as offset. */
export const recordPlaceSchema = rejectedRecordSchema.pick({ input: true, piece: true, record: true, offset: true })
export type RecordPlace = z.infer<typeof recordPlaceSchema>

/** A record that has cost workers their lives: the next attempt leaves it out and sets it aside for this reason. */
export const skippedRecordSchema = rejectedRecordSchema.pick({ input: true, offset: true, reason: true })
export type SkippedRecord = z.infer<typeof skippedRecordSchema>

/** The media type of an artifact that is a folder of files. */
export const folderMediaType = 'inode/directory'

/**
 * A file produced for the person; or a folder of files, told by its media type. Of a folder `bytes` and `rows` are those of its files
 * together, and `sha256` is that of the lines that `sha256sum` prints for them in the order of their paths' bytes.
 */
export const artifactSchema = z.strictObject({
  name: z.string(),
  path: z.string(),
  bytes: z.int().min(0),
  mediaType: z.string(),
  sha256: z.string(),
  rows: z.int().nullable(),
})
export type Artifact = z.infer<typeof artifactSchema>

/** Codes of a failed attempt; what each one leads to is decided in master/engine/retry.ts and nowhere else. */
export const failureCodes = [
  'refused-input',
  'input-changed',
  'output-exists',
  'transient',
  /** No room on a disk: waited for, and held against nobody. */
  'disk-full',
  /** A file would have grown beyond what the system lets it. */
  'file-too-large',
  /** Too many files are open, in the process or on the machine. */
  'descriptors-short',
  'bug',
  'out-of-memory',
  /** A scratch file that an earlier task left is gone or damaged: that task's work is to be done again. */
  'part-lost',
  /** It waited for others, got nowhere for too long and was stopped: the worker lives. */
  'no-progress',
] as const
export type FailureCode = (typeof failureCodes)[number]

const spent = {
  bytes: z.int().min(0),
  rows: z.int().min(0),
  /** Records of the last piece alone: what turns a record's place in a piece into a row of the input. */
  tailRows: z.int().min(0),
  cpuMs: z.number().min(0),
  startedAt: z.number(),
  finishedAt: z.number(),
}

/** How an attempt ended, told by the worker that ran it. */
export const outcomeSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('succeeded'),
    answer: answerSchema,
    rejects: z.array(rejectedRecordSchema).optional(),
    rejectedCount: z.int().min(0).optional(),
    artifact: artifactSchema.optional(),
    /** A sentence for the job's story. */
    told: z.string().max(300).optional(),
    ...spent,
  }),
  z.strictObject({
    type: z.literal('failed'),
    code: z.enum(failureCodes),
    message: z.string(),
    stack: z.string().optional(),
    /** The record that a careful attempt was at. */
    at: recordPlaceSchema.optional(),
    /** For `part-lost`: the scratch file. */
    lost: z.string().optional(),
    ...spent,
  }),
  z.strictObject({ type: z.literal('cancelled'), ...spent }),
])
export type Outcome = z.infer<typeof outcomeSchema>

/** What the last heartbeat of a worker said of the attempt that it was at. */
export interface LastProgress {
  job: number
  seq: number
  attempt: number
  bytes: number
  rows: number
}

interface LastSeen {
  logTail: string
  peakMemoryBytes: number
  progress?: LastProgress | null
}

/** How an attempt ended when its worker could not tell: seen from outside by the fleet. */
export type Loss =
  | ({ type: 'crashed' | 'outOfMemory'; exitCode: number | null; signal: string | null } & LastSeen)
  | ({ type: 'silent' | 'noProgress' | 'overMemory'; afterMs: number } & LastSeen)
  | { type: 'interrupted' }

/**
 * How attempts end, as the record keeps it. `interrupted` (cut off by a shutdown) and `outrun` (another attempt of the task was first)
 * are held against nobody.
 */
export type AttemptOutcome = 'succeeded' | FailureCode | 'crashed' | 'silent' | 'over-memory' | 'interrupted' | 'outrun'
