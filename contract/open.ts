import { z } from 'zod'
import { inputSchema } from './dataset.ts'
import { jsonSchema } from './json.ts'

/** Jobs whose items come while they run: what workers, the master and clients tell each other of them. */

/** What came of one item. */
export const itemAnswerSchema = z.union([
  z.strictObject({ text: z.string(), value: jsonSchema }),
  z.strictObject({ text: z.string(), error: z.string() }),
])
export type ItemAnswer = z.infer<typeof itemAnswerSchema>

/** Of an item's text in its answer. */
export const mostAnsweredText = 200

/** A line of the answers, which stand in order of arrival. `item` counts from 1. */
export const answerLineSchema = z.union([
  z.strictObject({ item: z.int(), text: z.string(), value: jsonSchema }),
  z.strictObject({ item: z.int(), text: z.string(), error: z.string() }),
])
export type AnswerLine = z.infer<typeof answerLineSchema>

/** Which bytes of the list a task reads, and the number of the first item in them: the task's cells are items, maybe fewer. */
export const itemRangeSchema = z.strictObject({ at: z.int(), end: z.int(), first: z.int() })

/** How the list ended: the input as it is from then on, and, when whoever gave it went away, that. */
export const openEndSchema = z.strictObject({ input: inputSchema, early: z.string().nullable() })
export type OpenEnd = z.infer<typeof openEndSchema>

/** Longer items are refused. */
export const longestItem = 64 * 1024
