import type { JobRequest, KindInfo } from '../../../contract/api.ts'
import type { Json } from '../../../contract/json.ts'
import { strings } from '../../ui/strings.ts'
import type { Draft } from './draft.ts'
import { readParams, type Field } from './paramsForm.ts'

/** What the form asks for, or why it cannot be asked yet. Pure. */
export interface Filled {
  params: Record<string, Json>
  errors: Record<string, string>
  workers: number | null
  workersError: string | null
  /** Why Run must wait; null when it need not. */
  obstacle: string | null
}

export function fillIn(draft: Draft, fields: readonly Field[] | null): Filled {
  const texts = draft.kind === null ? {} : (draft.texts[draft.kind] ?? {})
  const read = readParams(fields ?? [], texts)
  const workers = readWorkers(draft.workers)
  const errors = read.ok ? {} : read.errors
  const filled = { params: read.ok ? read.params : {}, errors, workers: workers.value, workersError: workers.error }
  return {
    ...filled,
    obstacle: obstacleOf(draft, { chosen: fields !== null, sound: read.ok && workers.error === null }),
  }
}

function obstacleOf(draft: Draft, form: { chosen: boolean; sound: boolean }): string | null {
  if (!form.chosen) return strings.newJob.chooseKind
  if (draft.inputs.some((input) => input.state === 'sending')) return strings.newJob.wait
  if (draft.inputs.some((input) => input.state === 'failed')) return strings.newJob.mendInputs
  return form.sound ? null : strings.newJob.mend
}

function readWorkers(text: string): { value: number | null; error: string | null } {
  if (text.trim() === '') return { value: null, error: null }
  const value = Number(text)
  if (!Number.isInteger(value)) return { value: null, error: strings.field.integer }
  if (value < 1) return { value: null, error: strings.field.minimum('1') }
  return value > 64 ? { value: null, error: strings.field.maximum('64') } : { value, error: null }
}

/** A job to ask for, and the inputs that are then no longer the draft's. */
export interface DraftRequest {
  request: JobRequest
  inputs: readonly number[]
}

/** One job over all inputs, or one for each of several. */
export function requestsOf(draft: Draft, kind: string, filled: Filled): DraftRequest[] {
  const name = draft.name.trim()
  const isEach = draft.each && draft.inputs.length > 1
  const groups = isEach ? draft.inputs.map((input) => [input]) : [draft.inputs]
  return groups.map((inputs) => ({
    inputs: inputs.map(({ key }) => key),
    request: {
      kind,
      params: filled.params,
      sources: inputs.flatMap((input) => input.source ?? []),
      ...(name === '' ? {} : { name: (isEach ? `${name} ${inputs[0]?.name ?? ''}` : name).slice(0, 200) }),
      ...(filled.workers === null ? {} : { workers: filled.workers }),
    },
  }))
}

/** What can be tried before Run: of several jobs the first. Null while nothing has been said, or what was is not whole. */
export function checkableOf(draft: Draft, kind: Pick<KindInfo, 'id' | 'inputs'>, filled: Filled): JobRequest | null {
  if (filled.obstacle !== null) return null
  const isSaid = draft.inputs.length > 0 || (kind.inputs !== 'required' && Object.keys(filled.params).length > 0)
  const [first] = requestsOf(draft, kind.id, filled)
  if (!isSaid || first === undefined) return null
  const { params, sources } = first.request
  return { kind: kind.id, params, sources }
}

/** A job whose items are given on its page while it runs. */
export function openRequest(draft: Draft, kind: string, filled: Filled): DraftRequest {
  const [{ request } = { request: { kind, params: filled.params, sources: [] } }] = requestsOf(draft, kind, filled)
  return { inputs: [], request: { ...request, sources: [{ type: 'open', leased: false, name: strings.items.title }] } }
}
