import type { JobSummary } from '../../../contract/job.ts'
import { Link } from '../../routing/Link.tsx'
import { ProgressLine } from '../../ui/ProgressLine.tsx'
import { StateBadge } from '../../ui/StateBadge.tsx'
import { inputsText } from './inputsText.ts'

export function RunningJob({ summary }: { summary: JobSummary }) {
  const { job } = summary
  return (
    <li className="space-y-2 py-3 first:pt-0 last:pb-0">
      <div className="flex items-center justify-between gap-4">
        <div className="min-w-0">
          <Link to={{ screen: 'job', id: job.id }} className="font-medium text-ink underline-offset-2 hover:underline">
            {job.name}
          </Link>
          <p className="truncate text-xs text-soft">{inputsText(job)}</p>
        </div>
        <StateBadge state={job.state} />
      </div>
      <ProgressLine summary={summary} />
    </li>
  )
}
