import type { Reject } from '../../../contract/job.ts'
import { useRejects } from '../../client/queries.ts'
import { DataTable, type Column } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { strings } from '../../ui/strings.ts'
import { pageRows, usePages } from './usePages.ts'

const { columns: names } = strings.job

const columns: Column<Reject>[] = [
  { name: names.source, cell: (reject) => reject.source },
  {
    name: names.row,
    width: '6rem',
    align: 'end',
    cell: (reject) => (reject.row === null ? strings.result.none : format.count(reject.row)),
  },
  { name: names.offset, width: '8rem', align: 'end', cell: (reject) => format.count(reject.offset) },
  {
    name: names.reason,

    cell: (reject) => <span title={reject.reason}>{reject.reason}</span>,
  },
  {
    name: names.raw,

    cell: (reject) => (
      <code title={reject.raw} className="font-mono text-xs">
        {reject.raw}
      </code>
    ),
  },
]

/** The records that were set aside, with why. */
export function RejectsPanel({ jobId, count }: { jobId: string; count: number }) {
  const { offset, onSight } = usePages()
  const { data, error } = useRejects(jobId, { limit: pageRows, offset })
  return (
    <Panel title={`${strings.job.rejects}: ${format.count(count)}`}>
      {error !== null && <ErrorNote error={error.message} />}
      {data === undefined && error === null && <Skeleton />}
      {data?.ok === false && <ErrorNote error={data.error} />}
      {data?.ok === true && (
        <DataTable
          label={strings.job.rejects}
          columns={columns}
          count={data.value.total}
          row={(index) => data.value.rejects[index - offset]}
          onSight={onSight}
        />
      )}
    </Panel>
  )
}
