import type { Artifact } from '../../../contract/outcome.ts'
import { useHost } from '../../client/dashboard.tsx'
import { buttonClass } from '../../ui/Button.tsx'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'

const text = strings.job

/** The files that the job produced. */
export function Artifacts({ jobId, artifacts }: { jobId: string; artifacts: readonly Artifact[] }) {
  const host = useHost()
  return (
    <Panel title={text.artifacts}>
      <ul className="divide-y divide-line">
        {artifacts.map((artifact) => (
          <li key={artifact.name} className="flex items-center justify-between gap-4 py-3 first:pt-0 last:pb-0">
            <div className="min-w-0 space-y-0.5">
              <p className="font-medium wrap-anywhere">{artifact.name}</p>
              <p className="figures text-xs text-soft">{factsOf(artifact)}</p>
              <p className="text-xs wrap-anywhere text-soft">{artifact.path}</p>
              <p className="text-xs wrap-anywhere text-soft">
                {text.sha256} <code className="font-mono">{artifact.sha256}</code>
              </p>
            </div>
            <a
              href={host.artifactUrl(jobId, artifact.name)}
              download={artifact.name}
              aria-label={text.downloadNamed(artifact.name)}
              className={buttonClass('plain')}
            >
              {text.download}
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function factsOf({ bytes, rows, mediaType }: Artifact): string {
  return [format.bytes(bytes), ...(rows === null ? [] : [text.rows(rows)]), mediaType].join(' · ')
}
