import { openForReading } from './database.ts'
import { failureOf } from './failures.ts'
import { answerQuestion, readerOver } from './read/questions.ts'
import type { Reader } from './store.ts'

/** For a command that only reads, beside a host or without one: no thread, no write. Throws a StoreError when there is no ledger. */
export function openReader(file: string): Reader & { close(): void } {
  const db = openForReading(file)
  const reader = readerOver(async (question) => {
    try {
      return answerQuestion(db, question)
    } catch (error) {
      throw failureOf(error, `reading ${question.ask} from ${file}`)
    }
  })
  return { ...reader, close: () => void db.close() }
}
