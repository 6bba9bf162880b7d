import type { KindInfo } from '../../../contract/api.ts'
import type { CommandError } from '../../../contract/commandError.ts'
import { assertNever } from '../../../contract/invariant.ts'
import { markedPlace } from '../../../contract/markedPlace.ts'
import type { Checked, OutputSample } from '../../../contract/outputSample.ts'
import { useConnection } from '../../client/dashboard.tsx'
import { useCheck } from '../../client/queries.ts'
import { useSettled } from '../../client/useSettled.ts'
import { DataTable, type Column } from '../../ui/DataTable.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { tableStrings } from '../../ui/tableStrings.ts'
import { useDraft } from './DraftProvider.tsx'
import { checkableOf, type Filled } from './request.ts'

const text = tableStrings.sample
/** After the last key, so that not every letter asks. */
const pauseMs = 300

/** What the job would write, or what is wrong with it, while it is being put together. */
export function SamplePanel({ kind, filled }: { kind: KindInfo; filled: Filled }) {
  const draft = useDraft((each) => each)
  const away = useConnection().status !== 'open'
  const request = away ? null : checkableOf(draft, kind, filled)
  const { data, isFetching } = useCheck(useSettled(request, pauseMs))
  if (request === null || (data?.ok === true && data.value.sample === null && data.value.why === null)) return null
  return (
    <Panel title={text.title}>
      <div aria-busy={isFetching} className="space-y-3">
        <output className="block">{data === undefined ? <Told>{text.looking}</Told> : <Verdict reply={data} />}</output>
        {data?.ok === true && data.value.sample !== null && <Rows sample={data.value.sample} />}
      </div>
    </Panel>
  )
}

type Reply = { ok: true; value: Checked } | { ok: false; error: CommandError }

function Verdict({ reply }: { reply: Reply }) {
  if (!reply.ok) return <Complaint message={reply.error.message} />
  const { sample, why } = reply.value
  if (why !== null) return <Told>{text.none(why)}</Told>
  if (sample === null) return null
  const { rejected, reason } = sample
  return (
    <Told>
      {extentOf(sample)}
      {rejected > 0 && ` ${text.setAside(rejected, reason ?? '')}`}
    </Told>
  )
}

function Told({ children }: { children: React.ReactNode }) {
  return <p className="figures text-xs text-soft wrap-anywhere">{children}</p>
}

function extentOf({ ended, rows, read }: OutputSample): string {
  switch (ended) {
    case 'full':
      return text.full(rows.length)
    case 'whole':
      return text.whole(rows.length)
    case 'cut':
      return text.cut(rows.length, read)
    default:
      return assertNever(ended, 'the end of a sample')
  }
}

/** An expression stands by itself, with the word marked that the complaint is about. */
function Complaint({ message }: { message: string }) {
  const place = markedPlace(message)
  return (
    <div className="space-y-2 rounded-md bg-bad-wash px-3 py-2 text-sm text-bad">
      <p className="wrap-anywhere">{place?.why ?? message}</p>
      {place !== null && (
        <pre className="font-mono text-xs wrap-anywhere whitespace-pre-wrap text-ink">
          {place.before}
          <mark className="rounded-sm bg-bad px-0.5 font-semibold text-bad-wash underline">
            {place.marked === '' ? text.end : place.marked}
          </mark>
          {place.after}
        </pre>
      )}
    </div>
  )
}

function Rows({ sample: { columns, moreColumns, rows } }: { sample: OutputSample }) {
  if (rows.length === 0 && columns.length === 0) return null
  return (
    <>
      <div className="overflow-hidden rounded-md border border-line">
        <DataTable
          label={text.label}
          columns={columns.map(columnOf)}
          count={rows.length}
          row={(index) => rows[index]}
          tallest={shownRows}
        />
      </div>
      {moreColumns > 0 && <Told>{tableStrings.moreColumns(moreColumns)}</Told>}
    </>
  )
}

const shownRows = 8

type Row = readonly (string | null)[]

function columnOf(name: string, at: number): Column<Row> {
  return {
    name,
    cell: (row) => {
      const value = row[at] ?? null
      if (value === null) return <span className="text-soft">{tableStrings.nothing}</span>
      return <span title={value}>{value}</span>
    },
  }
}
