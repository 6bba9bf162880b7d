import type { JobSummary } from '../../../contract/job.ts'
import { useLive } from '../../client/dashboard.tsx'
import { useKinds } from '../../client/queries.ts'
import { Link } from '../../routing/Link.tsx'
import { format } from '../../ui/format.ts'
import { StateBadge } from '../../ui/StateBadge.tsx'
import { strings } from '../../ui/strings.ts'
import { Tags } from '../../ui/Tags.tsx'
import { useNow } from '../../ui/useNow.ts'
import { inputsText } from './inputsText.ts'

const text = strings.home
const headings = Object.values(text.columns)

/** Jobs on record, newest first; one that is still going on shows its newest state. */
export function JobTable({ jobs }: { jobs: readonly JobSummary[] }) {
  const live = useLive((model) => model.jobs)
  const now = useNow()
  const titles = new Map(useKinds().data?.map((kind) => [kind.id, kind.title]))
  return (
    <div className="overflow-x-auto">
      <table className="figures w-full text-start">
        <thead>
          <tr className="border-b border-edge text-xs text-soft">
            {headings.map((heading) => (
              <th key={heading} scope="col" className="px-2 py-1.5 text-start font-medium first:ps-0">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {jobs.map((listed) => (
            <JobRow key={listed.job.id} summary={newest(listed, live.get(listed.job.id))} titles={titles} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function newest(listed: JobSummary, live: JobSummary | undefined): JobSummary {
  return live !== undefined && live.version >= listed.version ? live : listed
}

interface RowProps {
  summary: JobSummary
  titles: ReadonlyMap<string, string>
  now: number
}

function JobRow({ summary: { job }, titles, now }: RowProps) {
  const when = job.finishedAt ?? job.startedAt ?? job.createdAt
  return (
    <tr className="border-b border-line last:border-0 hover:bg-sunken">
      <td className="max-w-64 py-2 pe-2">
        <Link
          to={{ screen: 'job', id: job.id }}
          className="font-medium wrap-anywhere underline-offset-2 hover:underline"
        >
          {job.name}
        </Link>
        <Tags label={strings.details.tags} tags={job.tags} />
        {job.rejects > 0 && <p className="text-xs text-warn">{text.rejects(job.rejects)}</p>}
      </td>
      <td className="px-2 py-2">{titles.get(job.kind) ?? job.kind}</td>
      <td className="px-2 py-2">
        <StateBadge state={job.state} />
      </td>
      <td className="max-w-56 truncate px-2 py-2 text-soft">{inputsText(job)}</td>
      <td className="px-2 py-2 whitespace-nowrap text-soft">
        <time dateTime={new Date(when).toISOString()} title={format.instant(when)}>
          {format.ago(when, now)}
        </time>
      </td>
      <td className="px-2 py-2 whitespace-nowrap text-soft">
        {job.timing.wallMs === null ? strings.result.none : format.duration(job.timing.wallMs)}
      </td>
    </tr>
  )
}
