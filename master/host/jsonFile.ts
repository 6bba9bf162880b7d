import { readFile, rename, writeFile } from 'node:fs/promises'
import type { z } from 'zod'

/** Small files of JSON that a home keeps: what a person may look at, and mend by hand. */
export type JsonFile<T> = { state: 'absent' } | { state: 'broken' } | { state: 'read'; value: T }

export async function readJsonFile<T>(path: string, schema: z.ZodType<T>): Promise<JsonFile<T>> {
  const text = await textOf(path)
  if (text === null) return { state: 'absent' }
  const parsed = schema.safeParse(jsonOf(text))
  return parsed.success ? { state: 'read', value: parsed.data } : { state: 'broken' }
}

/** Written beside and renamed: a crash leaves the old one. */
export async function writeJsonFile<T>(path: string, schema: z.ZodType<T>, value: T): Promise<void> {
  const fresh = `${path}.new`
  await writeFile(fresh, `${JSON.stringify(schema.parse(value), null, 2)}\n`, { mode: 0o600 })
  await rename(fresh, path)
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
