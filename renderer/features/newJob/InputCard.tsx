import { FileTrigger } from 'react-aria-components/FileTrigger'
import type { Source } from '../../../contract/api.ts'
import type { Inspection } from '../../../contract/dataset.ts'
import type { TableWishes } from '../../../contract/table.ts'
import { useInspection } from '../../client/queries.ts'
import { Bar } from '../../ui/Bar.tsx'
import { Button } from '../../ui/Button.tsx'
import { CodeBlock } from '../../ui/CodeBlock.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { format } from '../../ui/format.ts'
import { strings } from '../../ui/strings.ts'
import type { DraftInput } from './draft.ts'
import { useDraftStore } from './DraftProvider.tsx'
import { TableCard } from './TableCard.tsx'
import { tableOf } from './tableForm.ts'

const text = strings.newJob
const previewLines = 8

/** One input: how far it has been sent, then what it is and how it begins. */
export function InputCard({ input, table }: { input: DraftInput; table: TableWishes }) {
  const draft = useDraftStore()
  return (
    <li className="relative space-y-2 rounded-md border border-line p-3">
      <p className="pe-10 font-medium wrap-anywhere">{input.name}</p>
      {input.source === null ? (
        <Facts facts={sizeOf(input.bytes)} />
      ) : (
        <Inspected input={input} source={input.source} wishes={table} />
      )}
      {input.state === 'sending' && <Sending input={input} />}
      <ErrorNote error={input.error} />
      {input.state === 'failed' && input.error?.code === 'unavailable' && <SendAgain input={input} />}
      <div className="absolute end-2 top-2">
        <Button look="quiet" aria-label={text.remove(input.name)} onPress={() => draft.remove(input.key)}>
          <span aria-hidden="true">✕</span>
        </Button>
      </div>
    </li>
  )
}

function SendAgain({ input }: { input: DraftInput }) {
  const draft = useDraftStore()
  if (draft.holds(input.key)) return <Button onPress={() => draft.sendAgain(input.key)}>{text.again}</Button>
  return (
    <FileTrigger onSelect={(files) => draft.sendAgain(input.key, files?.[0])}>
      <Button>{text.chooseAgain}</Button>
    </FileTrigger>
  )
}

function Facts({ facts }: { facts: string[] }) {
  return <p className="figures text-xs text-soft">{facts.join(' · ')}</p>
}

function sizeOf(bytes: number | null): string[] {
  return bytes === null ? [] : [format.bytes(bytes)]
}

function Inspected({ input, source, wishes }: { input: DraftInput; source: Source; wishes: TableWishes }) {
  const { data: reply, error } = useInspection(source, wishes)
  if (error !== null) return <ErrorNote error={error.message} />
  if (reply === undefined) return <Facts facts={[...sizeOf(input.bytes), text.looking]} />
  if (!reply.ok) {
    // A host that was started again knows nothing of what had been sent to the one before.
    return (
      <>
        <ErrorNote error={reply.error} />
        {source.type === 'upload' && <SendAgain input={input} />}
      </>
    )
  }
  const inspection = reply.value[0]
  if (inspection === undefined) return <Facts facts={sizeOf(input.bytes)} />
  const table = tableOf(inspection, wishes)
  if (table !== null) return <TableCard name={input.name} inspection={inspection} table={table} />
  return (
    <>
      <Facts facts={factsOf(inspection)} />
      <Preview name={input.name} inspection={inspection} />
    </>
  )
}

function factsOf({ input, encoding, lineEnding, estimatedLines }: Inspection): string[] {
  return [
    format.bytes(input.bytes),
    strings.formats[input.format],
    ...(input.format === 'text' ? [strings.encodings[encoding]] : []),
    ...(lineEnding === 'none' ? [] : [strings.lineEndings[lineEnding]]),
    ...(estimatedLines === null ? [] : [text.lines(estimatedLines)]),
  ]
}

function Sending({ input }: { input: DraftInput }) {
  const total = input.bytes ?? 0
  const sent = text.uploading(format.bytes(Math.min(input.sentBytes, total)), format.bytes(total))
  const fraction = total === 0 ? null : Math.min(1, input.sentBytes / total)
  return (
    <div className="space-y-1">
      <Bar label={text.uploadingLabel(input.name)} fraction={fraction} text={sent} />
      <p className="figures text-xs text-soft">{sent}</p>
    </div>
  )
}

function Preview({ name, inspection }: { name: string; inspection: Inspection }) {
  if (inspection.input.bytes === 0) return <p className="text-xs text-soft">{text.empty}</p>
  if (inspection.preview.length === 0) return null
  return <CodeBlock label={text.preview(name)} text={inspection.preview.slice(0, previewLines).join('\n')} />
}
