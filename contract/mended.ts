import { z } from 'zod'

/** A record that a person has put right: `offset` is the first byte of what stands in the input. */
export const mendedRecordSchema = z.strictObject({ offset: z.int().min(0), raw: z.string().max(1_000_000) })
export type MendedRecord = z.infer<typeof mendedRecordSchema>

/** What the file of an input's mended records holds, as JSON. */
export const mendedFileSchema = z.array(mendedRecordSchema)

/** A mended record as a person names it, by the words of `rejects`. */
export const mendedRejectSchema = mendedRecordSchema.extend({ source: z.string() })
export type MendedReject = z.infer<typeof mendedRejectSchema>
