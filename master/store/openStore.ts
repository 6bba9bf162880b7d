import { readerOver } from './read/questions.ts'
import { ReadingThread } from './readingThread.ts'
import type { Store } from './store.ts'
import { Writer } from './writer.ts'

/**
 * The ledger of a home for the host that holds the home's lock. `file` is made when missing and brought up to date; `writerThread` and
 * `readerThread` are absolute paths of the two thread entries. Rejects with a StoreError when the ledger cannot be opened.
 */
export async function openStore({
  file,
  backups,
  writerThread,
  readerThread,
}: {
  file: string
  /** Folder of the ledger's backups. */
  backups: string
  writerThread: string
  readerThread: string
}): Promise<Store> {
  let reading: ReadingThread | undefined
  const { writer, opening } = await Writer.start(writerThread, { file, backups }, () => reading?.written())
  try {
    reading = await ReadingThread.start(readerThread, { file, backups })
  } catch (error) {
    await writer.close(Promise.resolve())
    throw error
  }
  const thread = reading
  return {
    commit: (transitions) => writer.commit(transitions),
    read: readerOver((question) => thread.ask(question)),
    opening,
    backUp: () => thread.backUp(),
    close: () => writer.close(thread.close()),
  }
}
