import { z } from 'zod'
import { jsonSchema } from './json.ts'

/** The line that does in a terminal what a form is about to do. Pure. */
export const commandWordsSchema = z.strictObject({
  kind: z.string().max(100),
  /** `token` where the page knows the file by one; its path is the host's to put in. */
  inputs: z.array(z.strictObject({ name: z.string().max(32_768), token: z.string().max(100).nullable() })).max(100_000),
  params: z.record(z.string(), jsonSchema),
  name: z.string().max(200),
  workers: z.int().nullable(),
  /** A job for each input. */
  each: z.boolean().optional(),
})
export type CommandWords = z.infer<typeof commandWordsSchema>

/** Where a token's file lies; undefined where that is not known, and its name must do. */
export type PathOf = (token: string) => string | undefined

export function commandLine(
  { kind, inputs, params, name, workers, each }: CommandWords,
  pathOf: PathOf = () => undefined,
): string {
  const files = inputs.map((input) => (input.token === null ? undefined : pathOf(input.token)) ?? input.name)
  const words = ['gristmill', 'run', kind, ...files.map(asOperand)]
  for (const [key, value] of Object.entries(params))
    words.push('-p', `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  if (name !== '') words.push('--name', name)
  if (workers !== null) words.push('--workers', String(workers))
  if (each === true) words.push('--each')
  return words.map(quote).join(' ')
}

/** A file whose name starts with a dash would be read as an option. */
function asOperand(input: string): string {
  return input.startsWith('-') ? `./${input}` : input
}

/** As a POSIX shell reads it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
