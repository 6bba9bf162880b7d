import { z } from 'zod'

/**
 * The first rows that a job would write, made of the head of its inputs before there is a job: part of the check of a request, for kinds
 * whose output is rows.
 */
export const outputSampleSchema = z.strictObject({
  /** The first of them; their names as the output has them. */
  columns: z.array(z.string()),
  /** How many there are besides. */
  moreColumns: z.int().min(0),
  /** Fields cut at 500 characters; null for what holds nothing. */
  rows: z.array(z.array(z.string().nullable())),
  /** How many rows of the inputs were read for it, where all that was read has been gone through. */
  read: z.int().min(0),
  /** Of those, how many would be set aside, and why the first one. */
  rejected: z.int().min(0),
  reason: z.string().nullable(),
  /** `full`: there are more rows than are shown; `whole`: these are all; `cut`: it was looked for no longer. */
  ended: z.enum(['full', 'whole', 'cut']),
})
export type OutputSample = z.infer<typeof outputSampleSchema>

/** Nothing is wrong with a request. */
export const checkedSchema = z.strictObject({
  /** Null for kinds whose output is no rows, or when none could be made. */
  sample: outputSampleSchema.nullable(),
  /** Why there is no sample where the kind has one. */
  why: z.string().nullable(),
})
export type Checked = z.infer<typeof checkedSchema>
