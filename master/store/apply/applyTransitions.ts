import type { Database } from 'better-sqlite3'
import type { Accepted, Transition } from '../../../contract/ledger.ts'
import { statement } from '../statements.ts'
import { finishTasks } from './finishTasks.ts'
import { changeJob, makeJob, moveJob, removeJob } from './jobs.ts'
import type { LedgerWriter, TransitionOf } from './ledgerWriter.ts'
import {
  answerOperation,
  endAttempt,
  keepArtifact,
  keepEvent,
  keepPartial,
  keepRejects,
  keepSamples,
  makeOperation,
} from './records.ts'
import { cancelTasks, makeTasks, returnTasks, reviveTasks, startTasks } from './tasks.ts'
import { adoptTasks } from './adoptTasks.ts'
import { halveTasks } from './halveTasks.ts'
import { Tally } from './tally.ts'

/**
 * One commit: all of its transitions or, when one throws, none. Inside a group's transaction it is a savepoint of its own.
 * A transition that comes too late (of a removed job, an outrun attempt, a job that has moved on) is refused by its bit;
 * one that could never be is a Bug.
 */
export function applyTransitions(db: Database, transitions: readonly Transition[]): Accepted[] {
  const tally = new Tally()
  return db.transaction(() => {
    const accepted = transitions.map((transition) => apply({ db, tally }, transition))
    tally.write(db)
    return accepted
  })()
}

type TransitionByType = { [Type in Transition['type']]: TransitionOf<Type> }
type Handlers = {
  [Type in keyof TransitionByType]: (writer: LedgerWriter, transition: TransitionByType[Type]) => Accepted
}

const handlers: Handlers = {
  jobMade: makeJob,
  jobMoved: moveJob,
  jobChanged: changeJob,
  jobRemoved: removeJob,
  partialAnswered: keepPartial,
  operationMade: makeOperation,
  operationAnswered: answerOperation,
  tasksMade: makeTasks,
  tasksAdopted: adoptTasks,
  tasksStarted: startTasks,
  tasksFinished: finishTasks,
  tasksReturned: returnTasks,
  tasksHalved: halveTasks,
  tasksCancelled: cancelTasks,
  tasksRevived: reviveTasks,
  attemptEnded: endAttempt,
  artifactMade: keepArtifact,
  rejected: keepRejects,
  told: keepEvent,
  sampled: keepSamples,
}

function apply(writer: LedgerWriter, transition: Transition): Accepted {
  if (transition.type === 'jobMade' || isKnown(writer, transition.job))
    return handle(writer, transition.type, transition)
  return transition.type === 'tasksFinished' ? transition.tasks.map(() => false) : [false]
}

function handle<Type extends keyof TransitionByType>(
  writer: LedgerWriter,
  type: Type,
  transition: TransitionByType[Type],
): Accepted {
  return handlers[type](writer, transition)
}

function isKnown({ db }: LedgerWriter, job: number): boolean {
  return statement(db, 'SELECT 1 FROM jobs WHERE number = ?').get(job) !== undefined
}
