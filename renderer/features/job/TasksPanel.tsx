import { useState } from 'react'
import type { Job, Task } from '../../../contract/job.ts'
import { taskStates, type TaskState } from '../../../contract/transitions.ts'
import { useTasks } from '../../client/queries.ts'
import { DataTable, type Column } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Choice } from '../../ui/fields.tsx'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { strings } from '../../ui/strings.ts'
import { pageRows, usePages } from './usePages.ts'

const text = strings.job
const { columns: names } = text

const columns: Column<Task>[] = [
  { name: names.id, width: '5rem', align: 'end', cell: (task) => task.id },
  { name: names.stage, cell: (task) => task.stage },
  { name: names.cells, align: 'end', cell: (task) => text.cells(task.cells[0], task.cells[1] - 1) },
  { name: names.state, cell: (task) => strings.taskStates[task.state] },
  { name: names.attempt, width: '5rem', align: 'end', cell: (task) => task.attempt },
  { name: names.worker, width: '5rem', align: 'end', cell: (task) => task.worker ?? strings.result.none },
  { name: names.took, align: 'end', cell: tookText },
  { name: names.bytes, align: 'end', cell: (task) => format.bytes(task.bytes) },
  { name: names.rows, align: 'end', cell: (task) => format.count(task.rows) },
]

function tookText({ startedAt, finishedAt }: Task): string {
  return startedAt === null || finishedAt === null ? strings.result.none : format.duration(finishedAt - startedAt)
}

const stateOptions = [
  { value: '', label: text.anyTask },
  ...taskStates.map((state) => ({ value: state, label: strings.taskStates[state] })),
]

/** Every task of the job, however many: rows are read a page at a time as they come into sight. */
export function TasksPanel({ job }: { job: Job }) {
  const [state, setState] = useState<TaskState | null>(null)
  return (
    <Panel
      title={text.taskCount(job.tasks.total)}
      aside={
        <Choice
          inline
          label={text.taskState}
          value={state ?? ''}
          options={stateOptions}
          onChange={(next) => setState(taskStates.find((each) => each === next) ?? null)}
        />
      }
    >
      <TaskTable key={state ?? 'all'} jobId={job.id} state={state} />
    </Panel>
  )
}

function TaskTable({ jobId, state }: { jobId: string; state: TaskState | null }) {
  const { offset, onSight } = usePages()
  const { data, error } = useTasks(jobId, { limit: pageRows, offset, ...(state === null ? {} : { state }) })
  if (error !== null) return <ErrorNote error={error.message} />
  if (data === undefined) return <Skeleton />
  if (!data.ok) return <ErrorNote error={data.error} />
  const { tasks, total } = data.value
  if (total === 0) return <p className="text-soft">{text.noTasks}</p>
  return (
    <DataTable
      label={text.tasks}
      columns={columns}
      count={total}
      row={(index) => tasks[index - offset]}
      onSight={onSight}
    />
  )
}
