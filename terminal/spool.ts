import { join } from 'node:path'
import { keepBody, NoRoom } from '../master/host/spool.ts'
import { newSpoolName } from '../master/host/spoolNames.ts'
import { Refusal } from './exitCodes.ts'

/**
 * Keeps all of `source` in a file of its own in the spool, on disk before it is named in a job: stdin cannot be read twice, a job can.
 * Nothing is left when it fails, also when the disk has no room for it; when the process is killed, the next host takes what is left away.
 */
export async function spoolStream(source: AsyncIterable<Uint8Array>, folder: string): Promise<string> {
  const path = join(folder, newSpoolName())
  try {
    await keepBody(path, source, { folder, maxBytes: Number.POSITIVE_INFINITY })
    return path
  } catch (error) {
    if (!(error instanceof NoRoom)) throw error
    throw new Refusal(`cannot keep what stdin gives: ${error.message}; free some space, or name a file instead of '-'`)
  }
}
