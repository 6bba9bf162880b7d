import { statSync } from 'node:fs'
import { StoreError, type Reader, type StoredDetail, type StoredJob } from '../master/store/store.ts'
import { Refusal, valueOf } from './exitCodes.ts'

/** Reading the ledger without a host: commands that only read never take the lock, and a home that does not exist stays so. */

/** Null where there is no ledger yet, or where a host is just making it. */
async function openLedger(file: string): Promise<(Reader & { close(): void }) | null> {
  if (!isThere(file)) return null
  const { openReader } = await import('../master/store/openReader.ts')
  try {
    return openReader(file)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'missing') return null
    throw error
  }
}

/** A home that is another person's is no empty one. */
function isThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new Refusal(`cannot read ${file}: ${error.message}; use the home's owner, or another --home`)
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
  try {
    return await readOpen(file, empty, use)
  } catch (error) {
    throw withRemedy(error)
  }
}

async function readOpen<T>(file: string, empty: T, use: (reader: Reader) => Promise<T>): Promise<T> {
  const reader = await openLedger(file)
  if (reader === null) return empty
  try {
    return await use(reader)
  } finally {
    reader.close()
  }
}

/** Everything that the ledger has of one job, but its tasks. */
export async function readDetail(file: string, name: string): Promise<StoredDetail> {
  return await readJob(file, name, (reader, { number }) => reader.detail(number))
}

/** What `use` makes of one job, named by id, unique prefix or `last`. */
export async function readJob<T>(
  file: string,
  name: string,
  use: (reader: Reader, stored: StoredJob) => Promise<T>,
): Promise<T> {
  const read = async (reader: Reader) => ({ value: await use(reader, valueOf(await reader.find(name))) })
  const found = await readLedger(file, null, read)
  if (found === null) throw new Refusal(`no job '${name}': this home has none yet`)
  return found.value
}
