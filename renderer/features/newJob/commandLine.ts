import type { Json } from '../../../contract/json.ts'

/** The line that does in a terminal what the form is about to do. Pure. */
export interface CommandWords {
  kind: string
  /** Paths where they are known, names where a browser hides the path. */
  inputs: readonly string[]
  params: Record<string, Json>
  name: string
  workers: number | null
}

export function commandLine({ kind, inputs, params, name, workers }: CommandWords): string {
  const words = ['gristmill', 'run', kind, ...inputs.map(asOperand)]
  for (const [key, value] of Object.entries(params))
    words.push('-p', `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  if (name !== '') words.push('--name', name)
  if (workers !== null) words.push('--workers', String(workers))
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
