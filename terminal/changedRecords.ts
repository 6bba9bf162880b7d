import { createReadStream } from 'node:fs'
import type { MendedReject } from '../contract/mended.ts'
import type { Reader } from '../master/store/store.ts'
import { Refusal } from './exitCodes.ts'
import { readRejectsCsv } from './rejectsCsv.ts'

/** So many are looked up together. */
const perLookUp = 1000
/** Of all that is changed, as JSON: it goes to the host in one message. */
const mostBytes = 8 * 1024 * 1024
/** As the contract has it. */
const mostRecords = 100_000

/**
 * The records of a rejects.csv that a person has changed; those that stand as they were are passed over, so that what is held in memory
 * grows with what is changed and not with what was set aside. What the job has set aside nowhere goes along: the host refuses it by name.
 */
export async function changedRecords(
  { read, job }: { read: Pick<Reader, 'rejectedAt'>; job: number },
  file: string,
): Promise<MendedReject[]> {
  const changed: MendedReject[] = []
  let bytes = 0
  let some: MendedReject[] = []
  const takeChanged = async () => {
    const known = await read.rejectedAt(
      job,
      some.map(({ source, offset }) => ({ source, offset })),
    )
    for (const [index, record] of some.entries()) {
      if (record.raw === known[index]) continue
      changed.push(record)
      bytes += JSON.stringify(record).length
      if (bytes > mostBytes || changed.length > mostRecords)
        throw new Refusal(
          `cannot mend more than ${mostRecords} records or 8 MB of text at once from ${file}; mend a part, then run the new job again with the rest`,
        )
    }
    some = []
  }
  for await (const record of readRejectsCsv(textOf(file), file)) {
    some.push(record)
    if (some.length === perLookUp) await takeChanged()
  }
  await takeChanged()
  return changed
}

async function* textOf(file: string): AsyncGenerator<string, void, void> {
  try {
    yield* createReadStream(file, 'utf8') as AsyncIterable<string>
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new Refusal(`cannot read ${file}: ${error.message}`)
  }
}
