import type { KindInfo } from '../../../contract/api.ts'
import type { Readable } from '../../../contract/dataset.ts'
import { format } from '../../ui/format.ts'
import { strings } from '../../ui/strings.ts'

/** Which kinds can work on what has been dropped, and why the others cannot. Pure. */
export interface Fit {
  kind: KindInfo
  /** Null when it fits. */
  obstacle: string | null
}

/** Kinds that live on files come before those that can do without, and of each those made for what the files are best read as, which stands first. `inputs` are what each input can be read as; null for one that has not been looked at yet, which stands in nobody's way. */
export function fitKinds(kinds: readonly KindInfo[], inputs: readonly (readonly Readable[] | null)[]): Fit[] {
  const best: ReadonlySet<string> = new Set(inputs.flatMap((input) => input?.[0] ?? []))
  const rank = ({ inputs: need, accepts }: KindInfo) =>
    (need === 'required' ? 0 : 2) + (accepts.length > 0 && accepts.every((form) => best.has(form)) ? 0 : 1)
  const byNeed = kinds.toSorted((a, b) => rank(a) - rank(b))
  const fits = byNeed.map((kind) => ({ kind, obstacle: obstacleOf(kind, inputs) }))
  return [...fits.filter(({ obstacle }) => obstacle === null), ...fits.filter(({ obstacle }) => obstacle !== null)]
}

function obstacleOf(kind: KindInfo, inputs: readonly (readonly Readable[] | null)[]): string | null {
  if (inputs.length === 0) return kind.inputs === 'required' ? strings.newJob.needsInputs : null
  if (kind.inputs === 'none') return strings.newJob.takesNone
  const allRead = inputs.every((input) => input === null || input.some((form) => kind.accepts.includes(form)))
  return allRead ? null : strings.newJob.wrongFormat(format.list(kind.accepts))
}
