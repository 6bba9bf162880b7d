import type { Command } from 'commander'
import type { Task } from '../../contract/job.ts'
import { makeVerb, type Verb } from '../commandLine.ts'
import { duration } from '../figures.ts'
import { ledgerFile } from '../homeFolder.ts'
import { readJob } from '../ledger.ts'
import { printPages } from '../pages.ts'

const heads = ['task', 'stage', 'cells', 'state', 'attempt', 'worker', 'time', 'bytes', 'rows']

/** `tasks JOB`: which worker did what. It answers while the job runs too. */
export const addTasks: Verb = (program, context) => {
  makeVerb(program, 'tasks', "a job's tasks: which worker did which cells")
    .argument('<job>', "id, start of an id, or 'last'")
    .option('--json', 'print JSON')
    .action(async (name: string, { json = false }: { json?: boolean }, command: Command) =>
      readJob(ledgerFile(command, context), name, (reader, { number }) =>
        printPages(context.terminal, {
          json,
          heads,
          what: 'tasks',
          row: taskRow,
          read: async (page) => (await reader.tasks(number, page)).tasks,
        }),
      ),
    )
}

function taskRow(task: Task) {
  const [from, to] = task.cells
  const ran = task.startedAt !== null && task.finishedAt !== null
  return [
    String(task.id),
    task.stage,
    to - from === 1 ? `${from}` : `${from}-${to - 1}`,
    task.state,
    task.attempt,
    task.worker,
    ran ? duration((task.finishedAt ?? 0) - (task.startedAt ?? 0)) : null,
    task.bytes,
    task.rows,
  ]
}
