import type { WorkerInfo } from '../../../contract/api.ts'
import { useLive } from '../../client/dashboard.tsx'
import { Link } from '../../routing/Link.tsx'
import { DataTable, type Column } from '../../ui/DataTable.tsx'
import { format } from '../../ui/format.ts'
import { Page } from '../../ui/Page.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'

const text = strings.workers

function JobCell({ jobId }: { jobId: string | null }) {
  const name = useLive((model) => (jobId === null ? undefined : model.jobs.get(jobId)?.job.name))
  return jobId === null ? strings.result.none : <Link to={{ screen: 'job', id: jobId }}>{name ?? jobId}</Link>
}

const columns: Column<WorkerInfo>[] = [
  { name: text.columns.slot, width: '4rem', align: 'end', cell: (worker) => worker.slot },
  { name: text.columns.offers, width: '7rem', cell: (worker) => text.offers[worker.offers] },
  { name: text.columns.pid, width: '6rem', align: 'end', cell: (worker) => worker.pid ?? strings.result.none },
  { name: text.columns.state, width: '7rem', cell: (worker) => text.states[worker.state] },
  { name: text.columns.job, cell: (worker) => <JobCell jobId={worker.jobId} /> },
  { name: text.columns.memory, align: 'end', cell: (worker) => format.bytes(worker.memoryBytes) },
  { name: text.columns.cpu, align: 'end', cell: (worker) => format.duration(worker.cpuMs) },
  { name: text.columns.tasks, align: 'end', cell: (worker) => format.count(worker.tasksDone) },
  { name: text.columns.restarts, align: 'end', cell: (worker) => format.count(worker.restarts) },
]

/** The worker processes of the host, live. */
export function WorkersScreen() {
  const workers = useLive((model) => model.workers)
  return (
    <Page title={text.title}>
      <Panel title={text.processes}>
        {workers.length === 0 ? (
          <p className="text-soft">{text.none}</p>
        ) : (
          <DataTable label={text.processes} columns={columns} count={workers.length} row={(index) => workers[index]} />
        )}
      </Panel>
    </Page>
  )
}
