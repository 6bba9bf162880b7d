import { useState } from 'react'
import type { CommandResult } from '../../../contract/commandError.ts'
import type { Job, JobSummary } from '../../../contract/job.ts'
import { finalJobStates, type JobState } from '../../../contract/transitions.ts'
import { useConnection, useHost } from '../../client/dashboard.tsx'
import type { ApiClient } from '../../client/host.ts'
import { useCommand } from '../../client/useCommand.ts'
import { homeRoute } from '../../routing/routes.ts'
import { goTo } from '../../routing/useRoute.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { strings } from '../../ui/strings.ts'

const text = strings.job.actions
type Verb = 'pause' | 'resume' | 'cancel' | 'undoCancel' | 'retry' | 'rerun'

/** What can be asked of a job in each state: the verbs that contract/transitions.ts has an arrow for. */
const verbs: Record<JobState, readonly Verb[]> = {
  queued: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  cancelling: ['undoCancel'],
  succeeded: ['rerun'],
  failed: ['retry', 'rerun'],
  cancelled: ['retry', 'rerun'],
}

const labels: Record<Verb, string> = {
  pause: text.pause,
  resume: text.resume,
  cancel: text.cancel,
  undoCancel: text.undo,
  retry: text.retry,
  rerun: text.rerun,
}

export function JobActions({ job }: { job: Job }) {
  const { api } = useHost()
  const away = useConnection().status !== 'open'
  const command = useCommand((verb: Verb) => callOf(api, verb, job.id))
  async function act(verb: Verb) {
    const reply = await command.go(verb)
    if (reply.ok && verb === 'rerun') goTo({ screen: 'job', id: reply.value.job.job.id })
  }
  return (
    <div className="flex flex-col items-end gap-2">
      <div className="flex flex-wrap items-center justify-end gap-2">
        {job.state === 'cancelling' && <span className="text-xs text-soft">{text.undoHint}</span>}
        {verbs[job.state].map((verb) => (
          <Button
            key={verb}
            look={verb === 'undoCancel' ? 'main' : 'plain'}
            isDisabled={away || command.busy}
            onPress={() => void act(verb)}
          >
            {labels[verb]}
          </Button>
        ))}
        {finalJobStates.has(job.state) && <RemoveButton job={job} away={away} />}
      </div>
      <ErrorNote error={command.error} />
    </div>
  )
}

function callOf(api: ApiClient, verb: Verb, job: string): Promise<CommandResult<{ job: JobSummary }>> {
  return api.jobs[verb]({ job })
}

function RemoveButton({ job, away }: { job: Job; away: boolean }) {
  const { api } = useHost()
  const [asking, setAsking] = useState(false)
  const remove = useCommand(() => api.jobs.remove({ job: job.id }))
  async function confirm() {
    const reply = await remove.go(undefined)
    if (reply.ok) goTo(homeRoute)
  }
  return (
    <>
      <Button look="danger" isDisabled={away} onPress={() => setAsking(true)}>
        {text.remove}
      </Button>
      <Dialog
        role="alertdialog"
        title={text.removeTitle(job.name)}
        isOpen={asking}
        onClose={() => {
          setAsking(false)
          remove.clear()
        }}
      >
        <p className="text-soft">{text.removeText}</p>
        <ErrorNote error={remove.error} />
        <div className="flex justify-end gap-2">
          <Button onPress={() => setAsking(false)}>{text.removeNo}</Button>
          <Button look="danger" isDisabled={remove.busy} onPress={() => void confirm()}>
            {text.removeYes}
          </Button>
        </div>
      </Dialog>
    </>
  )
}
