import type { LedgerJob } from '../../contract/ledger.ts'
import type { SkippedRecord } from '../../contract/outcome.ts'
import type { TaskOrder } from '../../contract/workerMessages.ts'
import { blamesItsRecord, mayPass, wasDeath } from './retry.ts'

/** How carefully a task's next attempt goes, by what its attempts before came to. */
export interface Care {
  /** The attempt notes the place of each record before it handles it. */
  readonly careful: boolean
  /** It is half of a task that failed: what it is cut from has been tried before. */
  readonly half: boolean
  /** Records that have cost workers their lives. */
  readonly skip: readonly SkippedRecord[]
  /** Why its one listed item is left out; null while it is not. */
  readonly leaveOut: string | null
}

export const noCare: Care = { careful: false, half: false, skip: [], leaveOut: null }

/** What the order for such an attempt says. */
export function orderedCare({ careful, skip, leaveOut }: Care): Pick<TaskOrder, 'careful' | 'skip' | 'leaveOut'> {
  return {
    ...(careful ? { careful } : {}),
    ...(skip.length > 0 ? { skip: [...skip] } : {}),
    ...(leaveOut === null ? {} : { leaveOut }),
  }
}

/** How a task that is on record goes on, by how its attempts have ended. */
export function careAfter(ended: LedgerJob['ended'], half: boolean): { failures: number; deaths: number; care: Care } {
  const deaths = ended.filter(({ outcome }) => wasDeath(outcome)).length
  const failures = ended.filter(({ outcome }) => mayPass(outcome)).length
  const blaming = ended.filter(({ outcome }) => blamesItsRecord(outcome))
  const skip = blaming.flatMap(({ place, message }) =>
    place === null ? [] : [{ input: place.input, offset: place.offset, reason: message ?? '' }],
  )
  return { failures, deaths, care: { ...noCare, careful: blaming.length > 0 || half, half, skip } }
}
