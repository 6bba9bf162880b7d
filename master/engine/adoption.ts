import type { AdoptedTask, LedgerJob, LedgerTask, OperationRow } from '../../contract/ledger.ts'

/** What a job that is run again over the same input need not do again. */
export interface Kept {
  operations: OperationRow[]
  tasks: (LedgerTask & AdoptedTask)[]
}

/**
 * The tasks of an earlier job whose answers hold for one that is run again with some of its records put right: those that set none
 * aside, of the maps with which the plan begins. What those ask for depends on params and inputs alone; what comes after a first answer
 * may depend on it. `isThere` tells whether a task's scratch files can be had.
 */
export function keptOf(ledger: LedgerJob, isThere: (task: LedgerTask) => boolean): Kept {
  const begun = ledger.operations.toSorted((one, other) => one.ordinal - other.ordinal)
  const end = begun.findIndex(({ type }) => type !== 'map')
  const operations = begun.slice(0, end === -1 ? begun.length : end)
  const ids = new Set(operations.map(({ id }) => id))
  const tasks = ledger.tasks.flatMap((task) => {
    const { answer } = task
    const holds = task.state === 'succeeded' && task.rejects === 0 && ids.has(task.operation) && answer !== null
    return holds && isThere(task) ? [{ ...task, answer }] : []
  })
  return {
    operations: operations.map(({ id, ordinal, type, stage, hash }) => ({ id, ordinal, type, stage, hash })),
    tasks,
  }
}
