import { readFile, rename, writeFile } from 'node:fs/promises'
import { type Keeping, keepingSchema } from '../../contract/storage.ts'

/** What a person has decided about the home, in `<home>/settings.json`. */

const usual: Keeping = { keepDays: null, keepBytes: null }

/** A file that cannot be understood counts as none, which keeps everything; `trouble` says so. */
export async function readSettings(path: string): Promise<{ keeping: Keeping; trouble: string | null }> {
  const text = await textOf(path)
  if (text === null) return { keeping: usual, trouble: null }
  const parsed = keepingSchema.safeParse(jsonOf(text))
  if (parsed.success) return { keeping: parsed.data, trouble: null }
  return { keeping: usual, trouble: `${path} holds no settings that can be understood: everything is kept` }
}

/** Written beside and renamed: a crash leaves the old ones. */
export async function writeSettings(path: string, keeping: Keeping): Promise<void> {
  const fresh = `${path}.new`
  await writeFile(fresh, `${JSON.stringify(keepingSchema.parse(keeping), null, 2)}\n`, { mode: 0o600 })
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
