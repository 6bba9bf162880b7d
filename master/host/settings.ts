import { type Keeping, keepingSchema } from '../../contract/storage.ts'
import { readJsonFile, writeJsonFile } from './jsonFile.ts'

/** What a person has decided about the home, in `<home>/settings.json`. */

const usual: Keeping = { keepDays: null, keepBytes: null }

/** A file that cannot be understood counts as none, which keeps everything; `trouble` says so. */
export async function readSettings(path: string): Promise<{ keeping: Keeping; trouble: string | null }> {
  const file = await readJsonFile(path, keepingSchema)
  if (file.state === 'read') return { keeping: file.value, trouble: null }
  const trouble = `${path} holds no settings that can be understood: everything is kept`
  return { keeping: usual, trouble: file.state === 'broken' ? trouble : null }
}

export async function writeSettings(path: string, keeping: Keeping): Promise<void> {
  await writeJsonFile(path, keepingSchema, keeping)
}
