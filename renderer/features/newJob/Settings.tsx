import { useState } from 'react'
import type { KindInfo } from '../../../contract/api.ts'
import type { Column } from '../../../contract/table.ts'
import { useHostInfo } from '../../client/queries.ts'
import { Panel } from '../../ui/Panel.tsx'
import { TextBox } from '../../ui/fields.tsx'
import { strings } from '../../ui/strings.ts'
import { useDraft, useDraftStore } from './DraftProvider.tsx'
import { ParamField } from './ParamField.tsx'
import { initialTexts, type Field, type Texts } from './paramsForm.ts'
import { SaveRecipe } from './Recipes.tsx'
import type { Filled } from './request.ts'
import { SamplePanel } from './SamplePanel.tsx'
import { isTableField } from './tableForm.ts'

const text = strings.newJob

/** Errors stand beside their fields once a field holds something or Run has been pressed, not before anything was typed. */
export function Settings(props: {
  kind: KindInfo
  fields: readonly Field[]
  /** Of the tables that were dropped. */
  columns: readonly Column[]
  filled: Filled
  tried: boolean
}) {
  const { kind, fields, columns, filled, tried } = props
  const store = useDraftStore()
  const draft = useDraft((each) => each)
  // Whether it starts unfolded; from then on it is the person's to fold.
  const [unfolded] = useState(() => draft.name !== '' || draft.workers !== '')
  const texts: Texts = { ...initialTexts(fields), ...draft.texts[kind.id] }
  const cores = useHostInfo().data?.cores ?? navigator.hardwareConcurrency
  const errorOf = (name: string) => (tried || (texts[name] ?? '') !== '' ? (filled.errors[name] ?? null) : null)
  const fieldAt = (field: Field) => (
    <ParamField
      key={field.name}
      field={field}
      text={texts[field.name] ?? ''}
      error={errorOf(field.name)}
      columns={columns}
      onType={(typed) => store.type(kind.id, field.name, typed)}
    />
  )
  const ofTables = fields.filter(isTableField)
  const [tablesUnfolded] = useState(() => ofTables.some(({ name, initial }) => (texts[name] ?? initial) !== initial))
  return (
    <>
      <Panel title={text.settings}>
        <div className="space-y-4">
          {fields.length === 0 && <p className="text-soft">{text.noSettings}</p>}
          {fields.filter((field) => !isTableField(field)).map(fieldAt)}
        </div>
      </Panel>
      <SamplePanel key={kind.id} kind={kind} filled={filled} />
      {ofTables.length > 0 && (
        <details
          key={`tables ${kind.id}`}
          open={tablesUnfolded || ofTables.some(({ name }) => filled.errors[name] !== undefined)}
          className="rounded-lg border border-line bg-card p-4"
        >
          <summary className="w-fit cursor-pointer text-base font-semibold">{text.tables}</summary>
          <p className="mt-1 text-xs text-soft">{text.tablesHint}</p>
          <div className="mt-3 grid gap-4 sm:grid-cols-2">{ofTables.map(fieldAt)}</div>
        </details>
      )}
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
