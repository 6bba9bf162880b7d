import type { Database } from 'better-sqlite3'
import { statement } from '../statements.ts'
import type { Reader } from '../store.ts'
import { readInputs, sourceOf } from './rejects.ts'

/** The texts of records that a job has set aside, by their places as `rejects` tells them; null where it has set none aside. */
export function readRejectedAt(
  db: Database,
  job: number,
  places: Parameters<Reader['rejectedAt']>[1],
): Awaited<ReturnType<Reader['rejectedAt']>> {
  const inputs = readInputs(db, job)
  const numbers = Map.groupBy(inputs.keys(), (index) => sourceOf(inputs[index]))
  const inFile = statement(db, 'SELECT raw FROM rejects WHERE job = ? AND input = ? AND offset = ? LIMIT 1').pluck()
  const listed = statement(db, 'SELECT raw FROM rejects WHERE job = ? AND input >= ? AND offset = ? LIMIT 1').pluck()
  return places.map(({ source, offset }) => {
    for (const input of numbers.get(source) ?? []) {
      const raw = inFile.get(job, input, offset) as string | undefined
      if (raw !== undefined) return raw
    }
    if (source !== sourceOf(undefined)) return null
    return (listed.get(job, inputs.length, offset) as string | undefined) ?? null
  })
}
