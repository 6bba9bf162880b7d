import type { ActiveOperation } from './operations/activeOperation.ts'
import { ActiveMap } from './operations/mapOperation.ts'
import { ActiveOpen } from './operations/openOperation.ts'
import type { JudgedTask } from './retry.ts'
import type { EngineTask } from './taskBook.ts'

/** What is known of a task whose attempt failed, but for the attempt. */
export function judgedOf(task: EngineTask, mayRerun: boolean): Omit<JudgedTask, 'at'> {
  const { operation, from, to, failures, deaths, care } = task
  return {
    failures,
    deaths,
    mayRerun,
    careful: care.careful,
    half: care.half,
    leftOut: care.skip.length,
    cells: canBeCut(operation) ? to - from : 0,
    isOneItem: to - from === 1 && isOfItems(operation) && care.leaveOut === null,
  }
}

function canBeCut(operation: ActiveOperation): boolean {
  return operation instanceof ActiveMap || operation instanceof ActiveOpen
}

/** Its cells are listed items that are the job's own. */
function isOfItems(operation: ActiveOperation): boolean {
  if (operation instanceof ActiveOpen) return true
  if (!(operation instanceof ActiveMap) || operation.secondary) return false
  const { source } = operation.asked
  return source.type === 'items' && source.perCell === 1
}
