import { existsSync } from 'node:fs'
import { StoreError, type Reader, type StoredJob } from '../master/store/store.ts'
import { Refusal, valueOf } from './exitCodes.ts'

/** Reading the ledger without a host: commands that only read never take the lock, and a home that does not exist stays so. */

async function withReader<T>(file: string, use: (reader: Reader) => Promise<T>): Promise<T> {
  const { openReader } = await import('../master/store/openReader.ts')
  try {
    const reader = openReader(file)
    try {
      return await use(reader)
    } finally {
      reader.close()
    }
  } catch (error) {
    throw withRemedy(error)
  }
}

/** Only a host mends a ledger: a command that reads says how to get one. */
function withRemedy(error: unknown): unknown {
  if (!(error instanceof StoreError && error.code === 'corrupt')) return error
  const remedy = 'the next gristmill run or serve moves it aside and puts the newest backup in its place'
  return new StoreError('corrupt', `${error.message}; ${remedy}`, { cause: error })
}

/** What `use` makes of the ledger, or `empty` where there is none yet. */
export async function readLedger<T>(file: string, empty: T, use: (reader: Reader) => Promise<T>): Promise<T> {
  return existsSync(file) ? withReader(file, use) : empty
}

/** What `use` makes of one job, named by id, unique prefix or `last`. */
export async function readJob<T>(
  file: string,
  name: string,
  use: (reader: Reader, stored: StoredJob) => Promise<T>,
): Promise<T> {
  if (!existsSync(file)) throw new Refusal(`no job '${name}': this home has none yet`)
  return withReader(file, async (reader) => use(reader, valueOf(await reader.find(name))))
}
