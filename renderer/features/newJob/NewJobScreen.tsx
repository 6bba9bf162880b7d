import { useEffect, useMemo, useRef, useState } from 'react'
import type { JsonSchema } from '../../../contract/kind.ts'
import type { KindInfo } from '../../../contract/api.ts'
import { useConnection, useHost } from '../../client/dashboard.tsx'
import { useFormats, useHostInfo, useKinds } from '../../client/queries.ts'
import { useCommand } from '../../client/useCommand.ts'
import { goTo } from '../../routing/useRoute.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { TextBox } from '../../ui/fields.tsx'
import { strings } from '../../ui/strings.ts'
import { CommandLine } from './CommandLine.tsx'
import { useDraft, useDraftStore } from './DraftProvider.tsx'
import { fitKinds, type Fit } from './fit.ts'
import { InputsPanel } from './InputsPanel.tsx'
import { KindChoice } from './KindChoice.tsx'
import { ParamField } from './ParamField.tsx'
import { Recipes, SaveRecipe } from './Recipes.tsx'
import { fieldsOf, initialTexts, type Field, type Texts } from './paramsForm.ts'
import { fillIn, requestOf, type Filled } from './request.ts'

const text = strings.newJob

/** What was dropped, what to do with it, how, and Run. `wanted` is a kind named in the address. */
export function NewJobScreen({ wanted }: { wanted: string | null }) {
  const kinds = useKinds()
  const inputs = useDraft((draft) => draft.inputs)
  const formats = useFormats(inputs.map((input) => input.source))
  const store = useDraftStore()
  const chosen = useDraft((draft) => draft.kind)
  const offered = (kinds.data ?? []).filter((kind) => kind.group === 'work' || kind.id === wanted)
  const fits = fitKinds(offered, formats)
  const kind = pickKind(fits, chosen)
  useEffect(() => {
    if (wanted !== null) store.setState({ kind: wanted })
  }, [wanted, store])
  return (
    <Page title={text.title}>
      <JobForm kind={kind}>
        <InputsPanel />
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

/** What the person chose as long as it fits, else the first that does. */
function pickKind(fits: readonly Fit[], chosen: string | null): KindInfo | null {
  const fitting = fits.filter(({ obstacle }) => obstacle === null)
  return (fitting.find(({ kind }) => kind.id === chosen) ?? fitting[0])?.kind ?? null
}

function JobForm({ kind, children }: { kind: KindInfo | null; children: React.ReactNode }) {
  const { api } = useHost()
  const away = useConnection().status !== 'open'
  const draft = useDraft((each) => each)
  const store = useDraftStore()
  const [tried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const fields = useMemo(() => (kind === null ? null : fieldsOf(kind.params as JsonSchema)), [kind])
  const filled = fillIn({ ...draft, kind: kind?.id ?? null }, fields)
  const submit = useCommand(api.jobs.submit)
  useEnterOutside(form)

  async function run() {
    setTried(true)
    if (kind === null || filled.obstacle !== null || away || submit.busy) return
    const reply = await submit.go(requestOf(draft, kind.id, filled))
    if (!reply.ok) return
    store.reset()
    goTo({ screen: 'job', id: reply.value.job.job.id })
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
        {kind !== null && fields !== null && <Settings kind={kind} fields={fields} filled={filled} tried={tried} />}
        <div className="sticky bottom-0 space-y-3 bg-page py-3">
          <ErrorNote error={submit.error} />
          <div className="flex items-center gap-3">
            <Button look="main" type="submit" isDisabled={away || submit.busy || kind === null}>
              {submit.busy ? text.running : text.run}
            </Button>
            {filled.obstacle !== null && <p className="text-soft">{filled.obstacle}</p>}
          </div>
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
            }}
          />
        )}
      </div>
    </form>
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

/** Errors stand beside their fields once a field holds something or Run has been pressed, not before anything was typed. */
function Settings(props: { kind: KindInfo; fields: readonly Field[]; filled: Filled; tried: boolean }) {
  const { kind, fields, filled, tried } = props
  const store = useDraftStore()
  const draft = useDraft((each) => each)
  // Whether it starts unfolded; from then on it is the person's to fold.
  const [unfolded] = useState(() => draft.name !== '' || draft.workers !== '')
  const texts: Texts = { ...initialTexts(fields), ...draft.texts[kind.id] }
  const cores = useHostInfo().data?.cores ?? navigator.hardwareConcurrency
  const errorOf = (name: string) => (tried || (texts[name] ?? '') !== '' ? (filled.errors[name] ?? null) : null)
  return (
    <>
      <Panel title={text.settings}>
        <div className="space-y-4">
          {fields.length === 0 && <p className="text-soft">{text.noSettings}</p>}
          {fields.map((field) => (
            <ParamField
              key={field.name}
              field={field}
              text={texts[field.name] ?? ''}
              error={errorOf(field.name)}
              onType={(typed) => store.type(kind.id, field.name, typed)}
            />
          ))}
        </div>
      </Panel>
      <details open={unfolded} className="rounded-lg border border-line bg-card p-4">
        <summary className="w-fit cursor-pointer text-base font-semibold">{text.more}</summary>
        <div className="mt-3 space-y-4">
          <TextBox
            label={text.jobName}
            hint={text.jobNameHint}
            optional
            value={draft.name}
            onChange={(name) => store.setState({ name })}
          />
          <TextBox
            label={text.workers}
            hint={text.workersHint(cores)}
            optional
            numeric
            error={filled.workersError}
            value={draft.workers}
            onChange={(workers) => store.setState({ workers })}
          />
        </div>
      </details>
      <SaveRecipe kind={kind} params={filled.params} />
    </>
  )
}
