import { useEffect, useMemo, useRef, useState } from 'react'
import type { JsonSchema } from '../../../contract/kind.ts'
import type { KindInfo } from '../../../contract/api.ts'
import type { Inspection, Readable } from '../../../contract/dataset.ts'
import type { Column } from '../../../contract/table.ts'
import { useConnection, useHost } from '../../client/dashboard.tsx'
import { useInspections, useKinds } from '../../client/queries.ts'
import { useCommand } from '../../client/useCommand.ts'
import { goTo } from '../../routing/useRoute.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { strings } from '../../ui/strings.ts'
import { CommandLine } from './CommandLine.tsx'
import { useDraft, useDraftStore } from './DraftProvider.tsx'
import { fitKinds, type Fit } from './fit.ts'
import { InputsPanel } from './InputsPanel.tsx'
import { KindChoice } from './KindChoice.tsx'
import { Recipes } from './Recipes.tsx'
import { Settings } from './Settings.tsx'
import { columnsOf, tableOf, wishesIn } from './tableForm.ts'
import { fieldsOf, type Field } from './paramsForm.ts'
import { fillIn, openRequest, requestsOf } from './request.ts'
import { SamplePanel } from './SamplePanel.tsx'

const text = strings.newJob

/** What was dropped, what to do with it, how, and Run. `wanted` is a kind named in the address. */
export function NewJobScreen({ wanted }: { wanted: string | null }) {
  const kinds = useKinds()
  const inputs = useDraft((draft) => draft.inputs)
  const sources = inputs.map((input) => input.source)
  const found = useInspections(sources, asGuessed)
  const store = useDraftStore()
  const chosen = useDraft((draft) => draft.kind)
  const offered = (kinds.data ?? []).filter((kind) => kind.group === 'work' || kind.id === wanted)
  const fits = fitKinds(offered, found.map(readableAs))
  const kind = pickKind(fits, chosen)
  const fields = useMemo(() => (kind === null ? null : fieldsOf(kind.params as JsonSchema)), [kind])
  const typed = useDraft((draft) => draft.texts)
  const wishes = wishesIn(fields ?? [], (kind === null ? undefined : typed[kind.id]) ?? {})
  const columns = columnsOf(useInspections(sources, wishes), wishes)
  useEffect(() => {
    if (wanted !== null) store.setState({ kind: wanted })
  }, [wanted, store])
  return (
    <Page title={text.title}>
      <JobForm kind={kind} fields={fields} columns={columns}>
        <InputsPanel table={wishes} />
        <Recipes />
        {kinds.data === undefined ? (
          <Skeleton lines={6} />
        ) : (
          <KindChoice fits={fits} value={kind?.id ?? ''} onChange={(id) => store.setState({ kind: id })} />
        )}
      </JobForm>
    </Page>
  )
}

const asGuessed = {}

/** The best reading first: what is shown as lines is text before it is a table. */
function readableAs(inspection: Inspection | null): Readable[] | null {
  if (inspection === null) return null
  const { format, table } = inspection.input
  if (table === undefined) return [format]
  return tableOf(inspection, asGuessed) === null ? [format, 'table'] : ['table', format]
}

/** What the person chose as long as it fits, else the first that does. */
function pickKind(fits: readonly Fit[], chosen: string | null): KindInfo | null {
  const fitting = fits.filter(({ obstacle }) => obstacle === null)
  return (fitting.find(({ kind }) => kind.id === chosen) ?? fitting[0])?.kind ?? null
}

interface JobFormProps {
  kind: KindInfo | null
  fields: readonly Field[] | null
  /** Of the tables that were dropped. */
  columns: readonly Column[]
  children: React.ReactNode
}

function JobForm({ kind, fields, columns, children }: JobFormProps) {
  const { api } = useHost()
  const away = useConnection().status !== 'open'
  const draft = useDraft((each) => each)
  const store = useDraftStore()
  const [tried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const filled = fillIn({ ...draft, kind: kind?.id ?? null }, fields)
  const submit = useCommand(api.jobs.submit)
  useEnterOutside(form)

  async function run(open = false) {
    setTried(true)
    if (kind === null || filled.obstacle !== null || away || submit.busy) return
    const requests = open ? [openRequest(draft, kind.id, filled)] : requestsOf(draft, kind.id, filled)
    let job = ''
    for (const { request, inputs } of requests) {
      const reply = await submit.go(request)
      if (!reply.ok) return
      job = reply.value.job.job.id
      // What has its job is not asked for again when a later one is refused.
      if (requests.length > 1) for (const key of inputs) store.remove(key)
    }
    store.reset()
    goTo(requests.length > 1 ? { screen: 'home', search: '', state: null } : { screen: 'job', id: job })
  }
  return (
    <form
      ref={form}
      noValidate
      aria-label={text.title}
      className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]"
      onSubmit={(event) => {
        event.preventDefault()
        void run()
      }}
    >
      <div className="space-y-5">{children}</div>
      <div className="space-y-5">
        {kind !== null && fields !== null && (
          <>
            <Settings kind={kind} fields={fields} columns={columns} filled={filled} tried={tried} />
            <SamplePanel key={kind.id} kind={kind} filled={filled} />
          </>
        )}
        <div className="sticky bottom-0 space-y-3 bg-page py-3">
          <ErrorNote error={submit.error} />
          <RunRow
            kind={kind}
            isDisabled={away || submit.busy}
            busy={submit.busy}
            obstacle={filled.obstacle}
            onOpen={draft.inputs.length === 0 ? () => void run(true) : null}
          />
        </div>
        {kind !== null && (
          <CommandLine
            words={{
              kind: kind.id,
              inputs: draft.inputs.map(({ word, source }) => ({
                name: word,
                token: source?.type === 'upload' ? source.token : null,
              })),
              params: filled.params,
              name: draft.name.trim(),
              workers: filled.workers,
              ...(draft.each && draft.inputs.length > 1 ? { each: true } : {}),
            }}
          />
        )}
      </div>
    </form>
  )
}

interface RunRowProps {
  kind: KindInfo | null
  isDisabled: boolean
  busy: boolean
  obstacle: string | null
  /** Runs with items that are given on the job's page; null where there are inputs already. */
  onOpen: (() => void) | null
}

function RunRow({ kind, isDisabled, busy, obstacle, onOpen }: RunRowProps) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button look="main" type="submit" isDisabled={isDisabled || kind === null}>
        {busy ? text.running : text.run}
      </Button>
      {kind?.open === true && onOpen !== null && (
        <Button onPress={onOpen} isDisabled={isDisabled}>
          {text.runOpen}
        </Button>
      )}
      {obstacle !== null && <p className="text-soft">{obstacle}</p>}
    </div>
  )
}

/** Enter runs from anywhere on the page that has no use of its own for it. */
function useEnterOutside(form: React.RefObject<HTMLFormElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const idle = event.target === document.body || event.target instanceof HTMLHeadingElement
      if (event.key === 'Enter' && idle && !event.isComposing) form.current?.requestSubmit()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [form])
}
