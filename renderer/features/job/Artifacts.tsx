import { type Artifact, folderMediaType } from '../../../contract/outcome.ts'
import { useHost } from '../../client/dashboard.tsx'
import type { SystemFiles } from '../../client/host.ts'
import { useCommand } from '../../client/useCommand.ts'
import { goTo } from '../../routing/useRoute.ts'
import { Button, buttonClass } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'
import { useDraftStore } from '../newJob/DraftProvider.tsx'

const text = strings.job

/** The files that the job produced. */
export function Artifacts({ jobId, artifacts }: { jobId: string; artifacts: readonly Artifact[] }) {
  const draft = useDraftStore()
  function takeAsInput(artifact: Artifact) {
    draft.addArtifact(jobId, artifact)
    goTo({ screen: 'newJob', kind: null })
  }
  return (
    <Panel title={text.artifacts}>
      <ul className="divide-y divide-line">
        {artifacts.map((artifact) => (
          <li key={artifact.name} className="flex items-center justify-between gap-4 py-3 first:pt-0 last:pb-0">
            <div className="min-w-0 space-y-0.5">
              <p className="font-medium wrap-anywhere">{artifact.name}</p>
              <p className="figures text-xs text-soft">{factsOf(artifact)}</p>
              {artifact.path !== artifact.name && <p className="text-xs wrap-anywhere text-soft">{artifact.path}</p>}
              <p className="text-xs wrap-anywhere text-soft">
                {text.sha256} <code className="font-mono">{artifact.sha256}</code>
              </p>
            </div>
            <div className="flex shrink-0 flex-col items-end gap-2">
              <WaysToIt jobId={jobId} name={artifact.name} />
              <Button aria-label={text.asInputNamed(artifact.name)} onPress={() => takeAsInput(artifact)}>
                {text.asInput}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** A desktop shows the file where it lies; a browser fetches a copy. */
function WaysToIt({ jobId, name }: { jobId: string; name: string }) {
  const { files, artifactUrl } = useHost()
  const url = artifactUrl(jobId, name)
  if (files !== null) return <SystemWays files={files} jobId={jobId} name={name} />
  if (url === null) return null
  return (
    <a href={url} download={name} aria-label={text.downloadNamed(name)} className={buttonClass('plain')}>
      {text.download}
    </a>
  )
}

function SystemWays({ files, jobId, name }: { files: SystemFiles; jobId: string; name: string }) {
  const open = useCommand(() => files.openArtifact(jobId, name))
  const reveal = useCommand(() => files.revealArtifact(jobId, name))
  return (
    <div className="space-y-2">
      <div className="flex justify-end gap-2">
        <Button aria-label={text.openFileNamed(name)} onPress={() => void open.go(null)}>
          {text.openFile}
        </Button>
        <Button aria-label={text.revealNamed(name)} onPress={() => void reveal.go(null)}>
          {text.reveal}
        </Button>
      </div>
      <ErrorNote error={open.error ?? reveal.error} />
    </div>
  )
}

function factsOf({ bytes, rows, mediaType }: Artifact): string {
  const sort = mediaType === folderMediaType ? text.folder : mediaType
  return [format.bytes(bytes), ...(rows === null ? [] : [text.rows(rows)]), sort].join(' · ')
}
