import type { JobDetail } from '../../../contract/api.ts'
import { finalJobStates } from '../../../contract/transitions.ts'
import { useJob, useKinds } from '../../client/queries.ts'
import { Link } from '../../routing/Link.tsx'
import { homeRoute } from '../../routing/routes.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Figures } from '../../ui/Figures.tsx'
import { format } from '../../ui/format.ts'
import { Page } from '../../ui/Page.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { ProgressLine } from '../../ui/ProgressLine.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { StateBadge } from '../../ui/StateBadge.tsx'
import { strings } from '../../ui/strings.ts'
import { Tags } from '../../ui/Tags.tsx'
import { About } from './About.tsx'
import { AnswerPanel } from './AnswerPanel.tsx'
import { Artifacts } from './Artifacts.tsx'
import { EditDetails } from './EditDetails.tsx'
import { ItemsPanel } from './ItemsPanel.tsx'
import { JobActions } from './JobActions.tsx'
import { LiveRegion } from './LiveRegion.tsx'
import { Problems } from './Problems.tsx'
import { RejectsPanel } from './RejectsPanel.tsx'
import { SharesPanel } from './SharesPanel.tsx'
import { Story } from './Story.tsx'
import { TasksPanel } from './TasksPanel.tsx'

const text = strings.job

export function JobScreen({ id }: { id: string }) {
  const { detail, isError, error } = useJob(id)
  if (isError && detail === undefined) return <Missing message={error.message} />
  if (detail === undefined) return <Loading />
  if (!detail.ok) return <Missing message={detail.error.message} />
  return <LoadedJob detail={detail.value} />
}

function LoadedJob({ detail }: { detail: JobDetail }) {
  const { document, progress } = detail
  const { job } = document
  const over = finalJobStates.has(job.state)
  return (
    <Page title={job.name} aside={<JobActions job={job} />}>
      <Facts detail={detail} />
      {!over && <ProgressLine summary={{ job, progress }} />}
      <LiveRegion job={job} progress={progress} />
      {document.error !== undefined && <ErrorNote error={document.error.message} />}
      <Problems failures={detail.failures} />
      {job.inputs[0]?.open !== undefined && <ItemsPanel job={job.id} />}
      <AnswerPanel detail={detail} />
      {document.artifacts.length > 0 && <Artifacts jobId={job.id} artifacts={document.artifacts} />}
      {job.rejects > 0 && <RejectsPanel jobId={job.id} count={job.rejects} />}
      <SharesPanel shares={detail.shares} stages={detail.stages} />
      <TasksPanel job={job} />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Story events={detail.events} />
        <About detail={detail} />
      </div>
    </Page>
  )
}

function Facts({ detail }: { detail: JobDetail }) {
  const { job } = detail.document
  const title = useKinds().data?.find((kind) => kind.id === job.kind)?.title ?? job.kind
  const { wallMs, cpuMs, overheadMsPerTask } = job.timing
  const busy = new Set(detail.shares.map((share) => share.worker)).size
  const figures = [
    ...(wallMs === null ? [] : [{ name: text.timing.wall, value: format.duration(wallMs) }]),
    ...(cpuMs === null ? [] : [{ name: text.timing.cpu, value: format.duration(cpuMs) }]),
    ...(job.bytes === 0 ? [] : [{ name: text.timing.read, value: format.bytes(job.bytes) }]),
    ...(busy === 0 ? [] : [{ name: text.timing.workers, value: format.count(busy) }]),
    ...(overheadMsPerTask === null ? [] : [{ name: text.timing.overhead, value: format.duration(overheadMsPerTask) }]),
    { name: text.timing.created, value: format.instant(job.createdAt) },
  ]
  return (
    <div className="space-y-3">
      <p className="flex flex-wrap items-center gap-3 text-soft">
        <StateBadge state={job.state} />
        <span>{title}</span>
        {job.rejects > 0 && <span className="font-medium text-warn">{text.rejected(job.rejects)}</span>}
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <Tags label={strings.details.tags} tags={job.tags} />
        <EditDetails job={job} />
      </div>
      {job.note !== '' && <Note note={job.note} />}
      <Figures figures={figures} />
    </div>
  )
}

function Note({ note }: { note: string }) {
  return (
    <section
      aria-label={strings.details.note}
      className="max-w-3xl rounded-md border border-line bg-card px-4 py-3 wrap-anywhere whitespace-pre-wrap"
    >
      {note}
    </section>
  )
}

function Loading() {
  return (
    <Page title={strings.table.loading}>
      <Panel title={text.result}>
        <Skeleton lines={6} />
      </Panel>
    </Page>
  )
}

function Missing({ message }: { message: string }) {
  return (
    <Page title={text.unknown}>
      <ErrorNote error={message} />
      <Link to={homeRoute}>{text.toList}</Link>
    </Page>
  )
}
