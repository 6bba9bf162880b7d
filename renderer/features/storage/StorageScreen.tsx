import type { JobStorage, Storage } from '../../../contract/storage.ts'
import { useStorage } from '../../client/queries.ts'
import { Link } from '../../routing/Link.tsx'
import { DataTable, type Column } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figures } from '../../ui/Figures.tsx'
import { format } from '../../ui/format.ts'
import { Page } from '../../ui/Page.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { strings } from '../../ui/strings.ts'
import { KeepingPanel } from './KeepingPanel.tsx'

const text = strings.storage

/** What the home takes of the disk, what removing frees, and how long it keeps what has ended. */
export function StorageScreen() {
  const { data, error, refetch } = useStorage()
  return (
    <Page title={text.title}>
      {error !== null && <ErrorNote error={error.message} />}
      {data === undefined ? <Skeleton /> : <Measured storage={data} onKept={() => void refetch()} />}
    </Page>
  )
}

function Measured({ storage, onKept }: { storage: Storage; onKept: () => void }) {
  const { largest } = storage
  return (
    <>
      <Panel title={text.taken}>
        <Figures figures={figuresOf(storage)} />
      </Panel>
      <KeepingPanel keeping={storage.keeping} onKept={onKept} />
      {largest.length > 0 && (
        <Panel title={text.largest}>
          <DataTable label={text.largest} columns={columns} count={largest.length} row={(index) => largest[index]} />
        </Panel>
      )}
    </>
  )
}

function figuresOf({ home, bytes, total, diskFree, freeable }: Storage) {
  const places = (['database', 'backups', 'movedAside', 'logs', 'scratch', 'spool', 'out', 'indexes'] as const)
    .filter((place) => place !== 'movedAside' || bytes.movedAside > 0)
    .map((place) => ({ name: text.places[place], value: format.bytes(bytes[place]) }))
  return [
    { name: text.total, value: format.bytes(total) },
    ...places,
    { name: text.diskFree, value: format.bytes(diskFree) },
    { name: text.freeable, value: text.freeableBy(freeable.jobs, format.bytes(freeable.bytes)) },
    { name: text.home, value: home },
  ]
}

const columns: Column<JobStorage>[] = [
  { name: text.columns.job, cell: (job) => <Link to={{ screen: 'job', id: job.id }}>{job.name}</Link> },
  { name: text.columns.state, width: '8rem', cell: (job) => strings.jobStates[job.state] },
  { name: text.columns.total, width: '7rem', align: 'end', cell: (job) => format.bytes(job.total) },
  { name: text.columns.database, width: '7rem', align: 'end', cell: (job) => format.bytes(job.bytes.database) },
  {
    name: text.columns.scratch,
    width: '7rem',
    align: 'end',
    cell: (job) => format.bytes(job.bytes.scratch + job.bytes.spool),
  },
  { name: text.columns.out, width: '7rem', align: 'end', cell: (job) => format.bytes(job.bytes.out) },
]
