import type { JobEvent } from '../../../contract/job.ts'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'

/** What happened to the job, in words, in order. */
export function Story({ events }: { events: readonly JobEvent[] }) {
  return (
    <Panel title={strings.job.story}>
      <ol className="space-y-2">
        {events.map((event, index) => (
          <li key={index} className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-3">
            <time dateTime={new Date(event.at).toISOString()} className="figures text-soft">
              {format.time(event.at)}
            </time>
            <span className="wrap-anywhere">{event.text}</span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
