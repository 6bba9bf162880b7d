import type { JobEvent } from '../../contract/job.ts'
import type { JobState } from '../../contract/transitions.ts'

/** What a person may ask of an unfinished job: in words, where it takes the job from each state, and what the story then says. */
export const verbs = {
  cancel: {
    words: 'cancel',
    event: 'cancelling',
    story: 'Asked to cancel: tasks under way may end, no other is begun.',
    target: { queued: 'cancelled', paused: 'cancelled', running: 'cancelling' },
  },
  undoCancel: {
    words: 'undo the cancelling of',
    event: 'undone',
    story: 'The cancelling was undone.',
    target: { cancelling: 'running' },
  },
  pause: {
    words: 'pause',
    event: 'paused',
    story: 'Paused: tasks under way end, no other is begun.',
    target: { queued: 'paused', running: 'paused' },
  },
  resume: { words: 'resume', event: 'resumed', story: 'Resumed.', target: { paused: 'running' } },
} as const satisfies Record<string, Verb>

interface Verb {
  words: string
  event: JobEvent['type']
  story: string
  target: Partial<Record<JobState, JobState>>
}

export type JobVerb = keyof typeof verbs

/** Where the verb takes a job, or null when it cannot go there. A job that never ran is resumed into the queue. */
export function targetOf(verb: JobVerb, state: JobState, ran: boolean): JobState | null {
  const targets: Partial<Record<JobState, JobState>> = verbs[verb].target
  const target = targets[state] ?? null
  return verb === 'resume' && target !== null && !ran ? 'queued' : target
}
