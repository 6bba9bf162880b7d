import type { JobDetail } from '../../../contract/api.ts'
import { Link } from '../../routing/Link.tsx'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { humanize } from '../../ui/resultShape.ts'
import { strings } from '../../ui/strings.ts'
import { settingText } from './settingText.ts'

const text = strings.job

/** What was asked, and of which data. */
export function About({ detail: { document, leftOut } }: { detail: Pick<JobDetail, 'document' | 'leftOut'> }) {
  const { job } = document
  const params = Object.entries(job.params)
  return (
    <Panel title={text.about}>
      <div className="space-y-4">
        {job.parentId !== null && <Link to={{ screen: 'job', id: job.parentId }}>{text.parent}</Link>}
        {params.length + leftOut.params.length > 0 && (
          <div>
            <h3 className="mb-1 text-sm font-medium">{text.params}</h3>
            <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
              {params.map(([name, value]) => (
                <div key={name} className="contents">
                  <dt className="text-soft">{humanize(name)}</dt>
                  <dd className="line-clamp-3 wrap-anywhere">{settingText(value)}</dd>
                </div>
              ))}
            </dl>
            {leftOut.params.length > 0 && (
              <p className="text-soft">{text.paramsLeftOut(leftOut.params.map(humanize))}</p>
            )}
          </div>
        )}
        {job.inputs.length > 0 && (
          <div>
            <h3 className="mb-1 text-sm font-medium">{text.inputs}</h3>
            <ul className="space-y-1">
              {job.inputs.map((input, index) => (
                <li key={index} className="wrap-anywhere">
                  {input.name}{' '}
                  <span className="figures text-xs text-soft">
                    {format.bytes(input.bytes)}
                    {input.path === input.name ? '' : ` · ${input.path}`}
                  </span>
                </li>
              ))}
            </ul>
            {leftOut.inputs > 0 && <p className="text-soft">{text.inputsLeftOut(leftOut.inputs)}</p>}
          </div>
        )}
      </div>
    </Panel>
  )
}
