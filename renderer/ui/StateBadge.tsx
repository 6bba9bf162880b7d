import type { JobState } from '../../contract/transitions.ts'
import { strings } from './strings.ts'

const tones: Record<JobState, { look: string; mark: string }> = {
  queued: { look: 'bg-sunken text-ink', mark: '○' },
  paused: { look: 'bg-sunken text-ink', mark: '‖' },
  running: { look: 'bg-accent-wash text-accent-strong', mark: '▸' },
  cancelling: { look: 'bg-warn-wash text-warn', mark: '◌' },
  succeeded: { look: 'bg-good-wash text-good', mark: '✓' },
  failed: { look: 'bg-bad-wash text-bad', mark: '✕' },
  cancelled: { look: 'bg-warn-wash text-warn', mark: '–' },
}

/** A job's state by word, mark and colour: never by colour alone. */
export function StateBadge({ state }: { state: JobState }) {
  const { look, mark } = tones[state]
  return (
    <span
      data-state={state}
      className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap ${look}`}
    >
      <span aria-hidden="true">{mark}</span>
      {strings.jobStates[state]}
    </span>
  )
}
