import type { HostInfo } from '../../../contract/api.ts'
import { useHostInfo, useKinds } from '../../client/queries.ts'
import { Link } from '../../routing/Link.tsx'
import { buttonClass } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figures } from '../../ui/Figures.tsx'
import { format } from '../../ui/format.ts'
import { Page } from '../../ui/Page.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { strings } from '../../ui/strings.ts'

const text = strings.diagnostics

/** What this host is, and the kinds of job that only measure it. */
export function DiagnosticsScreen() {
  const info = useHostInfo()
  return (
    <Page title={text.title}>
      <Panel title={text.host}>
        {info.isError && <ErrorNote error={info.error.message} />}
        {info.data === undefined ? <Skeleton /> : <Figures figures={figuresOf(info.data)} />}
      </Panel>
      <Checks />
    </Page>
  )
}

function figuresOf(info: HostInfo) {
  return [
    { name: text.version, value: info.version },
    { name: text.protocol, value: info.protocol },
    { name: text.mode, value: info.mode },
    { name: text.process, value: info.pid },
    { name: text.cores, value: format.count(info.cores) },
    { name: text.home, value: info.home },
    { name: text.roots, value: info.roots.length === 0 ? text.noRoots : format.list(info.roots) },
  ]
}

function Checks() {
  const kinds = useKinds().data ?? []
  const checks = kinds.filter((kind) => kind.group === 'diagnostics')
  if (checks.length === 0) return null
  return (
    <Panel title={text.run}>
      <p className="mb-3 text-soft">{text.runText}</p>
      <ul className="space-y-3">
        {checks.map((kind) => (
          <li key={kind.id} className="flex items-center justify-between gap-4 rounded-md border border-line p-3">
            <div>
              <p className="font-medium">{kind.title}</p>
              <p className="text-xs text-soft">{kind.summary}</p>
            </div>
            <Link to={{ screen: 'newJob', kind: kind.id }} className={buttonClass('plain')}>
              {text.start}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
