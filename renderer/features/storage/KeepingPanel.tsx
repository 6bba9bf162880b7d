import { useState } from 'react'
import type { Keeping } from '../../../contract/storage.ts'
import { useConnection, useHost } from '../../client/dashboard.tsx'
import { useCommand } from '../../client/useCommand.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { TextBox } from '../../ui/fields.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'
import { readKeeping, textsOf } from './keepingForm.ts'

const text = strings.storage

/** The policy on jobs that have ended, in force from the next round of the host on. */
export function KeepingPanel({ keeping, onKept }: { keeping: Keeping; onKept: () => void }) {
  const { api } = useHost()
  const away = useConnection().status !== 'open'
  const [typed, setTyped] = useState(() => textsOf(keeping))
  const [saved, setSaved] = useState(false)
  const keep = useCommand(api.host.keep)
  const { keeping: asked, wrong } = readKeeping(typed)
  const type = (field: keyof typeof typed) => (value: string) => {
    setTyped({ ...typed, [field]: value })
    setSaved(false)
  }
  async function save() {
    if (asked === null || away || keep.busy) return
    const reply = await keep.go(asked)
    setSaved(reply.ok)
    if (reply.ok) onKept()
  }
  return (
    <Panel title={text.keeping}>
      <p className="mb-3 text-soft">{text.keepingText}</p>
      <form
        noValidate
        className="grid max-w-xl gap-4 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <TextBox
          label={text.days}
          hint={text.noLimit}
          numeric
          value={typed.days}
          error={wrong.includes('days') ? text.daysWrong : null}
          onChange={type('days')}
        />
        <TextBox
          label={text.gigabytes}
          hint={text.noLimit}
          numeric
          value={typed.gigabytes}
          error={wrong.includes('gigabytes') ? text.gigabytesWrong : null}
          onChange={type('gigabytes')}
        />
        <div className="flex items-center gap-3 sm:col-span-2">
          <Button look="main" type="submit" isDisabled={away || keep.busy || asked === null}>
            {text.save}
          </Button>
          <output className="text-soft">{saved ? text.saved : ''}</output>
        </div>
        <ErrorNote error={keep.error} />
      </form>
    </Panel>
  )
}
