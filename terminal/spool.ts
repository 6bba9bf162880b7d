import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newSpoolName } from '../master/host/spoolNames.ts'

/**
 * Keeps all of `source` in a file of its own in the spool, on disk before it is named in a job: stdin cannot be read twice, a job can.
 * Nothing is left when it fails; when the process is killed, the next host takes what is left away.
 */
export async function spoolStream(source: AsyncIterable<Uint8Array>, folder: string): Promise<string> {
  const path = join(folder, newSpoolName())
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of source) await file.writeFile(chunk)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return path
}
