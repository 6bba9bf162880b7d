import { isDeepStrictEqual } from 'node:util'
import type { JobDetail } from '../../contract/api.ts'
import type { Job } from '../../contract/job.ts'
import type { Customers } from './customers.ts'
import type { Findings } from './findings.ts'
import type { Witness } from './witness.ts'

/** What hosts have promised, printed and announced is in the ledger, and nothing was made twice of one request. */
export function judgePromises(
  { customers, witness }: { customers: Customers; witness: Witness },
  details: readonly JobDetail[],
  findings: Findings,
): void {
  const kept = new Map(details.map((detail) => [detail.document.job.id, detail]))
  for (const [id, name] of customers.promised) if (!kept.has(id)) findings.lose(`${name}, which was promised as ${id}`)
  judgeNames(
    details.map(({ document }) => document.job),
    findings,
  )
  judgePrinted(customers, kept, findings)
  judgeAnnounced(witness, kept, findings)
}

type Kept = ReadonlyMap<string, JobDetail>

/** Each request has a name of its own, which only a rerun has too. */
function judgeNames(jobs: readonly Job[], findings: Findings): void {
  const firsts = jobs.filter(({ parentId }) => parentId === null)
  for (const [name, made] of Map.groupBy(firsts, (job) => job.name))
    if (made.length > 1) findings.double(`${name}, of which ${made.length} jobs were made`, made.length - 1)
}

function judgePrinted({ printed }: Customers, kept: Kept, findings: Findings): void {
  for (const { job, result } of printed.filter(({ job }) => job.state === 'succeeded')) {
    const now = kept.get(job.id)?.document
    if (now?.job.state !== 'succeeded' || !isDeepStrictEqual(now.result, result))
      findings.lose(`the result of ${job.name} (${job.id}), which was printed`)
  }
}

function judgeAnnounced({ backwards, odd }: Witness, kept: Kept, findings: Findings): void {
  if (odd.length > 0) findings.fault(`${odd[0]} (${odd.length} odd announcements in all)`)
  for (const { id, before, after } of backwards) {
    const detail = kept.get(id)
    if (detail !== undefined && wentBackRightly(detail)) continue
    const [told, then] = [before, after].map(({ state, succeeded }) => `${state} with ${succeeded} tasks done`)
    findings.lose(`of ${id} it was announced that it is ${told}; then it was ${then}`)
  }
}

/** A part that was gone is computed again; a job that is retried writes anew what was removed when it ended. */
function wentBackRightly({ events }: JobDetail): boolean {
  return events.some(({ type, text }) => type === 'retriedByPerson' || text.includes('it is computed again'))
}
