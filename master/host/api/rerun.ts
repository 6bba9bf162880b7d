import { succeed } from '../../../contract/commandError.ts'
import type { JobRequest, Source } from '../../../contract/api.ts'
import type { Job, NewJob } from '../../../contract/job.ts'
import type { Input } from '../../../contract/dataset.ts'
import type { LedgerTask } from '../../../contract/ledger.ts'
import { type Kept, keptOf } from '../../engine/adoption.ts'
import type { StoredJob } from '../../store/store.ts'
import type { Caller } from '../host.ts'
import { filesOf } from '../takeUp.ts'
import type { MendedReject } from '../../../contract/mended.ts'
import { mendedAsBefore, mendInputs } from '../mendedInputs.ts'
import { os, refusedForNow, type Room, settled } from '../room.ts'
import { refusedTo, withConsent } from '../trust.ts'

/**
 * A new job that asks for the same again, with records put right if it is told so; its inputs are looked at anew, its artifacts go beside
 * the earlier ones.
 */
export function rerun(room: Room) {
  return os.jobs.rerun.handler(async ({ input, context }) => {
    const found = await room.store.read.find(input.job)
    if (!found.ok) return found
    const { kind, params } = found.value.job
    const caller = await withConsent(context.caller, kindOf(room, kind), params)
    return await room.inTurn(() => rerunOne(room, input, caller))
  })
}

function kindOf({ plans }: Room, id: string) {
  return plans.find((plan) => plan.kind.id === id)?.kind
}

async function rerunOne(room: Room, input: { job: string; mended?: MendedReject[] | undefined }, caller: Caller) {
  const refused = refusedForNow(room)
  if (refused !== null) return refused
  const found = await room.store.read.find(input.job)
  if (!found.ok) return found
  const { job } = found.value
  const kind = kindOf(room, job.kind)
  const barred = kind === undefined ? null : refusedTo(caller, kind)
  if (barred !== null) return barred
  const accepted = await room.intake.accept(requestOf(job), { trust: 'person' })
  if (!accepted.ok) return accepted
  const { inputs } = accepted.value
  const parts = { read: room.store.read, keepText: (text: string) => room.keepText(text) }
  const mended = input.mended?.map((record) => asKnownHere(room, job, { record, caller }))
  const again =
    mended === undefined
      ? succeed(await mendedAsBefore(parts, job, inputs))
      : await mendInputs(parts, found.value, { inputs, mended })
  if (!again.ok) return again
  const entering = { ...accepted.value, inputs: again.value, parentId: job.id }
  const kept = mended === undefined ? undefined : await keepTasks(room, found.value, entering)
  const entered = room.enter(entering, kept)
  await room.mill.warnOfRoom(entered)
  return await settled(room, entered.number)
}

/** A page names inputs by what it was shown of them. */
function asKnownHere(
  { pageForm }: Room,
  { inputs }: Job,
  { record, caller }: { record: MendedReject; caller: Caller },
): MendedReject {
  return caller.trust === 'page' ? { ...record, source: pageForm.sourceBehind(inputs, record.source) } : record
}

/** Cells whose records are as they were need not be computed again while their answers are still there. */
async function keepTasks(
  room: Room,
  { number, job }: StoredJob,
  entering: Omit<NewJob, 'number'>,
): Promise<Kept | undefined> {
  if (job.kindVersion !== entering.kindVersion) return undefined
  const there = await room.scratch.files(job)
  const isThere = (task: LedgerTask) => filesOf(task).every((file) => there.has(file))
  const kept = keptOf(await room.store.read.ledger(number), isThere)
  await room.scratch.share(job, entering, kept.tasks.flatMap(filesOf))
  return kept
}

function requestOf(job: Job): JobRequest {
  return {
    kind: job.kind,
    params: job.params,
    sources: job.inputs.map(sourceOf),
    name: job.name,
    ...(job.outDir === null || job.outDir.endsWith(job.id)
      ? {}
      : { out: { dir: job.outDir, choose: 'fresh' as const } }),
    ...(job.workers === null ? {} : { workers: job.workers }),
    ...(job.split === null ? {} : { split: job.split }),
    ...(job.maxRejects === null ? {} : { maxRejects: job.maxRejects }),
    priority: job.priority,
    tags: job.tags,
    note: job.note,
  }
}

function sourceOf(input: Input): Source {
  const { path, name } = input
  return input.spooled ? { type: 'spooled', path, name } : { type: 'path', path, name }
}
