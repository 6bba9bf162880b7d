import { useState } from 'react'
import type { AnswerLine } from '../../../contract/open.ts'
import { useConnection, useHost } from '../../client/dashboard.tsx'
import { useCommand } from '../../client/useCommand.ts'
import { Button } from '../../ui/Button.tsx'
import { DataTable, type Column } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { TextBox } from '../../ui/fields.tsx'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'
import { useAnswers } from './useAnswers.ts'

const text = strings.items

/** The items of a job that takes them while it runs: a box for more of them, and what came of each, the newest first. */
export function ItemsPanel({ job }: { job: string }) {
  const { newest, counts, open } = useAnswers(job)
  const shown = newest.toReversed()
  return (
    <Panel
      title={text.title}
      aside={counts !== null && <span className="figures text-soft">{text.counts(counts.answered, counts.items)}</span>}
    >
      <div className="space-y-4">
        {open && <GiveForm job={job} />}
        {shown.length === 0 ? (
          <p className="text-soft">{text.none}</p>
        ) : (
          <DataTable label={text.answers} columns={columns} count={shown.length} row={(index) => shown[index]} />
        )}
      </div>
    </Panel>
  )
}

const columns: readonly Column<AnswerLine>[] = [
  { name: text.columns.item, width: '6rem', align: 'end', cell: ({ item }) => format.count(item) },
  { name: text.columns.text, cell: (line) => line.text },
  { name: text.columns.answer, cell: (line) => <Answer line={line} /> },
]

function Answer({ line }: { line: AnswerLine }) {
  if ('error' in line) return <span className="text-bad">{text.failed(line.error)}</span>
  return typeof line.value === 'string' ? line.value : JSON.stringify(line.value)
}

function GiveForm({ job }: { job: string }) {
  const { api } = useHost()
  const away = useConnection().status !== 'open'
  const [typed, setTyped] = useState('')
  const give = useCommand(api.jobs.give)
  const items = typed.split(/\r?\n/).filter((line) => line.trim() !== '')
  async function add(end: boolean) {
    if (away || give.busy || (items.length === 0 && !end)) return
    const reply = await give.go({ job, items, end })
    if (reply.ok && !reply.value.full) setTyped('')
  }
  return (
    <form
      noValidate
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault()
        void add(false)
      }}
    >
      <TextBox label={text.box} hint={text.boxHint} lines={3} value={typed} onChange={setTyped} />
      <ErrorNote error={give.error} />
      <div className="flex gap-2">
        <Button look="main" type="submit" isDisabled={away || give.busy || items.length === 0}>
          {text.give}
        </Button>
        <Button onPress={() => void add(true)} isDisabled={away || give.busy}>
          {text.end}
        </Button>
      </div>
    </form>
  )
}
