import { z } from 'zod'
import { sourceSchema } from '../../../contract/api.ts'
import { commandErrorSchema, refuse } from '../../../contract/commandError.ts'
import { strings } from '../../ui/strings.ts'
import type { Draft, DraftInput } from './draft.ts'

/**
 * The job being put together, kept for as long as the tab lives, so that loading the page again loses nothing but the files
 * themselves: of those only what the host knows them by is kept.
 */
export type DraftShelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const place = 'gristmill.draft'

const inputSchema = z.strictObject({
  name: z.string(),
  bytes: z.number().nullable(),
  word: z.string(),
  state: z.enum(['sending', 'ready', 'failed']),
  source: sourceSchema.nullable(),
  error: commandErrorSchema.nullable(),
})
const draftSchema = z.strictObject({
  inputs: z.array(inputSchema),
  kind: z.string().nullable(),
  texts: z.record(z.string(), z.record(z.string(), z.string())),
  name: z.string(),
  workers: z.string(),
  each: z.boolean(),
})

/** Null when nothing is kept, or when another version of the dashboard has kept it. */
export function takeKept(shelf: DraftShelf): Draft | null {
  const text = shelf.getItem(place)
  if (text === null) return null
  const read = draftSchema.safeParse(parse(text))
  return read.success
    ? { ...read.data, inputs: read.data.inputs.map((input, index) => restored(input, index + 1)) }
    : null
}

/** How to keep each state of a draft: an empty one leaves nothing, and so does one that is too large. */
export function keepOn(shelf: DraftShelf): (draft: Draft) => void {
  let kept: string | null = null
  return (draft) => {
    const text = isEmpty(draft) ? null : textOf(draft)
    if (text === kept) return
    kept = text
    if (text === null) shelf.removeItem(place)
    else put(shelf, text)
  }
}

function restored(input: z.infer<typeof inputSchema>, key: number): DraftInput {
  if (input.state !== 'sending') return { ...input, key, sentBytes: 0 }
  const { error } = refuse('unavailable', strings.newJob.cutOff(input.name))
  return { ...input, key, sentBytes: 0, state: 'failed', source: null, error }
}

/** Without how far files have been sent: that changes often and is of no use later. */
function textOf({ inputs, kind, texts, name, workers, each }: Draft): string {
  const kept = inputs.map(({ key: _, sentBytes: __, ...input }) => input)
  return JSON.stringify({ inputs: kept, kind, texts, name, workers, each })
}

function isEmpty({ inputs, kind, texts, name, workers }: Draft): boolean {
  return inputs.length === 0 && kind === null && Object.keys(texts).length === 0 && name === '' && workers === ''
}

function put(shelf: DraftShelf, text: string): void {
  try {
    shelf.setItem(place, text)
  } catch (error) {
    // An older state of the draft would be worse than none.
    if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error
    shelf.removeItem(place)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
