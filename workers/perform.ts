import { crashPoint } from '../contract/crashPoint.ts'
import { assertNever } from '../contract/invariant.ts'
import type { Answer, Artifact, Outcome, RecordPlace } from '../contract/outcome.ts'
import { type Run, TaskStopped } from '../contract/run.ts'
import type { TaskOrder, Work, WorkerJob } from '../contract/workerMessages.ts'
import { Breadcrumb } from './breadcrumb.ts'
import { Carefulness } from './carefulness.ts'
import { TaskContext } from './context.ts'
import type { TaskCounters } from './counters.ts'
import { type Failure, failureOf } from './failure.ts'
import { runUnpack } from './folderTasks.ts'
import { InputFiles } from './inputFiles.ts'
import { runItems } from './itemsTask.ts'
import { runPublish } from './publishTask.ts'
import { spentBy, startClock } from './spent.ts'
import { runMap, runMerge, runTask } from './stages.ts'
import { runWrite } from './writeTask.ts'

/**
 * One attempt from order to outcome. Whatever happens inside becomes a value here: a crash of a stage function and a returned answer
 * leave by the same door. What an outcome leads to is the master's to decide.
 */

/** How a kind's stage functions are found when a job of the kind is first met. */
export type FindRun = (kind: string) => Promise<Run>

/** A job as a worker holds it from its first message until it is told to forget it. */
export interface JobSession {
  job: WorkerJob
  run: Run
  /** As the kind's schema parsed them. */
  params: unknown
  files: InputFiles
  /** Where this worker notes what it is at; null when it was given no place for it. */
  crumb: Breadcrumb | null
}

export async function openSession(job: WorkerJob, findRun: FindRun): Promise<JobSession> {
  const run = await findRun(job.kind)
  const params: unknown = run.kind.params.parse(job.params)
  const crumb = job.crumb === undefined ? null : new Breadcrumb(job.crumb)
  return { job, run, params, files: new InputFiles(job.inputs), crumb }
}

export function closeSession(session: JobSession): void {
  session.files.close()
  session.crumb?.close()
}

export interface Assignment {
  session: JobSession
  work: Work
  order: TaskOrder
  counters?: TaskCounters
  log?: (line: string) => void
}

export async function perform(assignment: Assignment): Promise<Outcome> {
  const { session, order, counters, log } = assignment
  const care = order.careful === true ? new Carefulness(order, session.crumb) : undefined
  const context = new TaskContext({
    job: session.job,
    params: session.params,
    seq: order.seq,
    attempt: order.attempt,
    files: session.files,
    ...(counters === undefined ? {} : { counters }),
    ...(log === undefined ? {} : { log }),
    ...(care === undefined ? {} : { care }),
  })
  const clock = startClock()
  try {
    session.crumb?.begin(order)
    crashPoint('task-begun')
    const done = await doWork(assignment, context)
    const told = context.told === null ? {} : { told: context.told }
    return { type: 'succeeded', ...done, ...told, ...rejectsOf(context), ...spentBy(context, clock) }
  } catch (error) {
    return { ...unfinished(error, { context, counters, care }), ...spentBy(context, clock) }
  } finally {
    context.close()
  }
}

interface Circumstances {
  context: TaskContext
  counters: TaskCounters | undefined
  care: Carefulness | undefined
}

type Unfinished = { type: 'cancelled' } | ({ type: 'failed'; at?: RecordPlace } & Failure)

/** How a task has ended that threw. */
function unfinished(error: unknown, { context, counters, care }: Circumstances): Unfinished {
  if (!isStop(error, context))
    return { type: 'failed', ...failureOf(error), ...(care?.place == null ? {} : { at: care.place }) }
  if (counters?.gotNowhere() !== true) return { type: 'cancelled' }
  return { type: 'failed', code: 'no-progress', message: 'the task made no progress for too long and was stopped' }
}

/** What awaits learns of it by the signal, and rejects with an error of its own. */
function isStop(error: unknown, context: TaskContext): boolean {
  if (error instanceof TaskStopped) return true
  return error instanceof Error && error.name === 'AbortError' && context.stopped
}

async function doWork(assignment: Assignment, context: TaskContext): Promise<{ answer: Answer; artifact?: Artifact }> {
  const { session, work, order } = assignment
  const call = { run: session.run, order, context, scratch: session.job.scratch }
  switch (work.type) {
    case 'map':
      return { answer: await runMap({ ...call, work }) }
    case 'merge':
      return { answer: await runMerge({ ...call, work }) }
    case 'task':
      return { answer: await runTask({ ...call, work }) }
    case 'items':
      return { answer: await runItems({ ...call, work }) }
    case 'write':
      return { answer: work.folder === true ? runUnpack(order, context) : runWrite(order, context) }
    case 'publish':
      // The last look before anybody sees the file: a result never mixes two versions of an input.
      if (!session.run.kind.changesInputs) context.checkInputs()
      return { answer: {}, artifact: runPublish(work, order, context) }
    default:
      return assertNever(work, 'perform')
  }
}

function rejectsOf(context: TaskContext) {
  return context.rejectedCount === 0 ? {} : { rejects: context.rejects, rejectedCount: context.rejectedCount }
}
