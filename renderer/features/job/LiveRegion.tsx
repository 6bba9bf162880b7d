import { useEffect, useRef, useState } from 'react'
import type { Job, Progress } from '../../../contract/job.ts'
import { format } from '../../ui/format.ts'
import { strings } from '../../ui/strings.ts'

const everyMs = 5_000

/** Tells a screen reader how the job stands, at most every five seconds. */
export function LiveRegion({ job, progress }: { job: Job; progress: Progress | null }) {
  const percent = progress?.fraction == null ? null : format.percent(progress.fraction)
  const newest = useRef('')
  const [said, setSaid] = useState('')
  useEffect(() => {
    newest.current = strings.job.live(job.name, strings.jobStates[job.state], percent)
  }, [job.name, job.state, percent])
  useEffect(() => {
    const timer = setInterval(() => setSaid(newest.current), everyMs)
    return () => clearInterval(timer)
  }, [])
  return (
    <p aria-live="polite" className="sr-only">
      {said}
    </p>
  )
}
