import type { JobDetail } from '../../../contract/api.ts'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'

const text = strings.job
const { columns } = text

/** Who did how much, and how far each stage is. */
export function SharesPanel({ shares, stages }: Pick<JobDetail, 'shares' | 'stages'>) {
  if (shares.length === 0 && stages.length === 0) return null
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      {shares.length > 0 && (
        <Panel title={text.shares}>
          <Shares shares={shares} />
        </Panel>
      )}
      {stages.length > 0 && (
        <Panel title={text.stages}>
          <Stages stages={stages} />
        </Panel>
      )}
    </div>
  )
}

function Head({ names }: { names: readonly string[] }) {
  return (
    <thead>
      <tr className="border-b border-edge text-xs text-soft">
        {names.map((name, index) => (
          <th key={name} scope="col" className={`px-2 py-1.5 font-medium ${index === 0 ? 'text-start' : 'text-end'}`}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  )
}

const end = 'px-2 py-1.5 text-end whitespace-nowrap'

function Shares({ shares }: Pick<JobDetail, 'shares'>) {
  const busiest = Math.max(1, ...shares.map((share) => share.busyMs))
  return (
    <div className="overflow-x-auto">
      <table className="figures w-full">
        <Head names={[columns.worker, columns.tasks, columns.bytes, columns.rows, columns.busy]} />
        <tbody>
          {shares.map((share) => (
            <tr key={share.worker} className="border-b border-line last:border-0">
              <th scope="row" className="w-1/3 px-2 py-1.5 text-start font-normal">
                <span className="flex items-center gap-2">
                  {share.worker}
                  <span aria-hidden="true" className="h-2 flex-1 overflow-hidden rounded-full bg-sunken">
                    <span
                      data-bar=""
                      className="block h-full bg-accent"
                      style={{ width: `${(share.busyMs / busiest) * 100}%` }}
                    />
                  </span>
                </span>
              </th>
              <td className={end}>{format.count(share.tasks)}</td>
              <td className={end}>{format.bytes(share.bytes)}</td>
              <td className={end}>{format.count(share.rows)}</td>
              <td className={end}>{format.duration(share.busyMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Stages({ stages }: Pick<JobDetail, 'stages'>) {
  return (
    <div className="overflow-x-auto">
      <table className="figures w-full">
        <Head names={[columns.stage, columns.done, columns.total, columns.busy]} />
        <tbody>
          {stages.map((stage) => (
            <tr key={stage.stage} className="border-b border-line last:border-0">
              <th scope="row" className="px-2 py-1.5 text-start font-normal">
                {stage.stage}
              </th>
              <td className={end}>{format.count(stage.succeeded)}</td>
              <td className={end}>{format.count(stage.total)}</td>
              <td className={end}>{format.duration(stage.busyMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
