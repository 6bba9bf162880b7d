import { useState } from 'react'
import type { Job } from '../../../contract/job.ts'
import { useConnection, useHost } from '../../client/dashboard.tsx'
import { useCommand } from '../../client/useCommand.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { TextBox } from '../../ui/fields.tsx'
import { strings } from '../../ui/strings.ts'
import { readDetails, textsOf, type DetailTexts } from './details.ts'

const text = strings.details

/** Name, tags and note of a job in any state. */
export function EditDetails({ job }: { job: Job }) {
  const [editing, setEditing] = useState(false)
  return (
    <>
      <Button look="quiet" onPress={() => setEditing(true)}>
        {text.edit}
      </Button>
      <Dialog title={text.title} isOpen={editing} onClose={() => setEditing(false)}>
        <DetailsForm job={job} onDone={() => setEditing(false)} />
      </Dialog>
    </>
  )
}

/** What is typed stays as it is while news of the job comes in. */
function DetailsForm({ job, onDone }: { job: Job; onDone: () => void }) {
  const { api } = useHost()
  const away = useConnection().status !== 'open'
  const [before] = useState(job)
  const [typed, setTyped] = useState(() => textsOf(job))
  const change = useCommand(api.jobs.change)
  const { changes, errors } = readDetails(before, typed)
  const type = (field: keyof DetailTexts) => (value: string) => setTyped({ ...typed, [field]: value })
  async function save() {
    if (Object.keys(errors).length > 0 || away || change.busy) return
    if (Object.keys(changes).length === 0) return onDone()
    const reply = await change.go({ job: job.id, ...changes })
    if (reply.ok) onDone()
  }
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <TextBox label={text.name} value={typed.name} error={errors.name ?? null} onChange={type('name')} />
      <TextBox
        label={text.tags}
        hint={text.tagsHint}
        optional
        value={typed.tags}
        error={errors.tags ?? null}
        onChange={type('tags')}
      />
      <TextBox
        label={text.note}
        optional
        lines={5}
        value={typed.note}
        error={errors.note ?? null}
        onChange={type('note')}
      />
      <ErrorNote error={change.error} />
      <div className="flex justify-end gap-2">
        <Button onPress={onDone}>{text.dismiss}</Button>
        <Button look="main" type="submit" isDisabled={away || change.busy}>
          {text.save}
        </Button>
      </div>
    </form>
  )
}
