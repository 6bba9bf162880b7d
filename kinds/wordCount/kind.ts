import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'

/**
 * How often each word occurs. `words`: letters, marks and digits of any script with apostrophes between them, lower-cased; invalid
 * UTF-8 separates. `whitespace`: whatever stands between white space, byte for byte, as `sort | uniq -c` counts it under LC_ALL=C.
 */
export const artifactName = 'words.csv'

const topEntrySchema = z.strictObject({
  word: z.string(),
  count: z.int(),
  /** The word's bytes are not UTF-8: what is not stands as U+FFFD. The artifact has the bytes themselves. */
  invalid: z.literal(true).optional(),
})

export const resultSchema = z.strictObject({
  lines: z.int(),
  bytes: z.int(),
  totalWords: z.int(),
  distinctWords: z.int(),
  top: z.array(topEntrySchema),
})

export const kind = defineKind({
  id: 'word-count',
  version: 1,
  title: 'Count words',
  summary: 'Counts how often each word occurs in text files of any size.',
  accepts: ['text'],
  inputs: 'required',
  params: z.strictObject({
    tokens: z.enum(['words', 'whitespace']).default('words').meta({
      title: 'Tokens',
      description: 'words: letters and digits, lower-cased; whitespace: split at white space',
    }),
    top: z
      .int()
      .min(0)
      .max(10_000)
      .default(20)
      .meta({ title: 'Top', description: 'How many of the most frequent words to show' }),
  }),
  result: resultSchema,
  artifacts: () => [artifactName],
  cost: (_params, { bytes }) => ({ ms: bytes / 100_000 }),
})
