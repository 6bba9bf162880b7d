import type { JobBrief, JobSummary } from '../../contract/job.ts'
import { Bar } from './Bar.tsx'
import { format } from './format.ts'
import { strings } from './strings.ts'

const text = strings.progress

/** How far a job is: a bar, and in words what is done, how fast, and how long it may still take. */
export function ProgressLine({ summary: { job, progress } }: { summary: Shown }) {
  if (progress === null) return null
  const facts = [
    progress.fraction === null ? null : format.percent(progress.fraction),
    bytesText(progress),
    progress.bytesPerSecond > 0 && job.state === 'running' ? format.rate(progress.bytesPerSecond) : null,
    job.state === 'running' ? remainingText(progress) : null,
  ].filter((fact) => fact !== null)
  return (
    <div className="space-y-1.5">
      <Bar label={text.label(job.name)} fraction={progress.fraction} text={facts.join(', ')} />
      <div className="figures flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
        {progress.waitingFor !== null && <span className="text-warn">{text.waitingFor(progress.waitingFor)}</span>}
      </div>
    </div>
  )
}

interface Shown {
  job: Pick<JobBrief, 'name' | 'state'>
  progress: JobSummary['progress']
}

type Progress = NonNullable<JobSummary['progress']>

function bytesText({ bytesDone, bytesTotal }: Progress): string | null {
  if (bytesTotal === 0 || (bytesTotal === null && bytesDone === 0)) return null
  if (bytesTotal === null) return text.done(format.bytes(bytesDone))
  return text.of(format.bytes(bytesDone), format.bytes(bytesTotal))
}

function remainingText({ remainingMs }: Progress): string {
  return remainingMs === null ? text.unknown : text.left(format.remaining(remainingMs))
}
