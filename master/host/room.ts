import { implement } from '@orpc/server'
import { api, type HostInfo, type Source } from '../../contract/api.ts'
import type { CommandResult } from '../../contract/commandError.ts'
import { refuse, succeed } from '../../contract/commandError.ts'
import type { JobSummary, NewJob } from '../../contract/job.ts'
import type { SampleReply } from '../../contract/workerMessages.ts'
import type { Kept } from '../engine/adoption.ts'
import type { Plan } from '../../contract/plan.ts'
import type { SampleQuestion } from '../fleet/inspections.ts'
import type { Store } from '../store/store.ts'
import type { Caller } from './host.ts'
import type { HomePaths } from './home.ts'
import type { Intake } from './intake.ts'
import type { Mill } from './mill.ts'
import type { PageForm } from './pageForm.ts'
import type { Promises } from './promises.ts'
import type { RemovalParts } from './removal.ts'
import type { Scratch } from './scratch.ts'
import type { InTurn } from './turns.ts'

/** What the API's verbs work with. */
export interface Room {
  mill: Mill
  store: Store
  intake: Intake
  /** How a job's output would begin, made by a worker. */
  sample(asked: SampleQuestion): Promise<SampleReply>
  scratch: Scratch
  removal: RemovalParts
  paths: HomePaths
  plans: readonly Plan[]
  info: HostInfo
  /** What pages get of every answer. */
  pageForm: PageForm
  now(): number
  /** Gives an accepted job its number and hands it to the engine. */
  enter(job: Omit<NewJob, 'number'>, kept?: Kept): NewJob
  promises: Promises
  /** Uploads that belong to a job from now on. */
  takeUploads(sources: readonly Source[]): void
  /** Keeps a text in the spool, for a job that is about to be made, and gives its path. */
  keepText(text: string): Promise<string>
  /** For every command that makes, retries or removes a job. */
  inTurn: InTurn
  /** The address of the dashboard for one more browser; null where it is in none. */
  invite(): string | null
  close(reason: string): Promise<void>
}

/** The contract, to be implemented verb by verb. Every handler knows who calls. */
export const os = implement(api).$context<{ caller: Caller }>()

/** The job as it stands once everything decided so far is committed. */
export async function settled(room: Room, job: number): Promise<CommandResult<{ job: JobSummary }>> {
  await room.mill.turn()
  const summary = await room.mill.summary(job)
  return summary === null ? refuse('unknown-job', 'the job is no longer on record') : succeed({ job: summary })
}

/** A refusal while the disk takes no writes, null otherwise: what cannot be recorded is not begun. */
export function refusedForNow(room: Room): ReturnType<typeof refuse> | null {
  if (!room.mill.heldUp) return null
  return refuse(
    'unavailable',
    'cannot do that now: the disk that holds the home is full',
    'free some space; jobs go on by themselves then',
  )
}
