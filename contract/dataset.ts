import { z } from 'zod'
import { tableSchema } from './table.ts'

/** What tells one version of a file from another: checked again whenever the file is opened. */
export const fingerprintSchema = z.strictObject({
  bytes: z.int().min(0),
  /** Epoch milliseconds, as the file system keeps them. */
  modifiedAt: z.number(),
  inode: z.string(),
  /** SHA-256, in hex, of the first and the last 64 KiB. */
  headTail: z.string(),
  /** Of a SQLite database: what tells one version of the log beside it, which holds what was written last, from another; absent when it is empty. */
  log: z.string().optional(),
})
export type Fingerprint = z.infer<typeof fingerprintSchema>

/** A `folder` is an input as it is, with all that is in it; only kinds that say so take one. */
export const datasetFormats = ['text', 'binary', 'folder'] as const
export type DatasetFormat = (typeof datasetFormats)[number]

/** What a kind may say that it reads: `table` takes every input with a table descriptor, whatever its format. */
export type Readable = DatasetFormat | 'table'

/** An input as a job keeps it. `path` is absolute; `cellBytes` fixes the input's grid for good. */
export const inputSchema = z.strictObject({
  path: z.string(),
  name: z.string(),
  bytes: z.int().min(0),
  format: z.enum(datasetFormats),
  cellBytes: z.int().min(1),
  /** Where its cells end, for formats that cannot be cut anywhere: increasing, the last one is `bytes`. It overrules `cellBytes`. */
  cellEnds: z.array(z.int().min(1)).optional(),
  fingerprint: fingerprintSchema,
  /** True for a spooled input (stdin, upload) that belongs to the job and goes with it. */
  spooled: z.boolean(),
  /**
   * A list that items are added to while the job runs, one to a line of the spooled file: `leased` by whoever must be heard of now and then,
   * `held` until somebody ends it. Once it has ended the input is a text like any other, with what came of each item beside it.
   */
  open: z.enum(['leased', 'held', 'ended', 'endedEarly']).optional(),
  /** A file of records that a person has put right (contract/mended.ts): readers give them in the place of what stands in the input. */
  mended: z.string().optional(),
  /** What it is as a table, if it is one. */
  table: tableSchema.optional(),
})
export type Input = z.infer<typeof inputSchema>

/** The files in the home's spool that are a job's own and go with it: an input that was spooled, and what was mended of one. */
export function spooledFilesOf(input: Input): string[] {
  return [
    ...(input.spooled ? [input.path] : []),
    ...(input.open === undefined ? [] : [answersFileOf(input)]),
    ...(input.mended === undefined ? [] : [input.mended]),
  ]
}

/** The file of what came of each item of an open list, in order of arrival (contract/open.ts). */
export function answersFileOf({ path }: Pick<Input, 'path'>): string {
  return `${path}.answers`
}

/** What `inspect` tells of a dataset before any job exists. */
export const inspectionSchema = z.strictObject({
  input: inputSchema,
  encoding: z.enum(['utf-8', 'utf-8-bom', 'utf-16le', 'utf-16be', 'unknown']),
  lineEnding: z.enum(['lf', 'crlf', 'cr', 'mixed', 'none']),
  /** From the head's average line, null for binary data. */
  estimatedLines: z.int().nullable(),
  /** The first lines, cut at 500 characters each. */
  preview: z.array(z.string()),
  /** Of a table: what its first records look like. */
  sample: z
    .strictObject({
      /** Null when nothing tells. */
      estimatedRows: z.int().nullable(),
      /** Up to 200, fields cut at 500 characters. */
      rows: z.array(z.array(z.string().nullable())),
      /** What a person should know before a job: that it cannot be split, what was guessed with little ground. */
      notes: z.array(z.string()),
    })
    .nullable(),
})
export type Inspection = z.infer<typeof inspectionSchema>

/** A run of bytes of one input. Which records it owns is the reader's to say: those that start in it. */
export const pieceSchema = z.strictObject({ input: z.int().min(0), from: z.int().min(0), to: z.int().min(0) })
export type Piece = z.infer<typeof pieceSchema>

/**
 * Where a stage's cells come from: a plain value, so that a plan can be replayed and a task sent anywhere.
 * `bytes`: the cells of all inputs, one after the other. `items`: n listed values, `perCell` to a cell.
 */
export const cellSourceSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bytes'), cells: z.int().min(0) }),
  z.strictObject({ type: z.literal('items'), cells: z.int().min(0), items: z.int().min(0), perCell: z.int().min(1) }),
])
export type CellSource = z.infer<typeof cellSourceSchema>
