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

/**
 * Kinds that live on files come before those that can do without, first those for what the files are by themselves, then those for one form of
 * file before those for several: the first that fits is what is offered. `inputs` are what each input can be read as, the nearest first; null
 * for one that has not been looked at yet, which stands in nobody's way.
 */
export function fitKinds(kinds: readonly KindInfo[], inputs: readonly (readonly Readable[] | null)[]): Fit[] {
  const fits = kinds
    .toSorted((a, b) => rankOf(a, inputs) - rankOf(b, inputs))
    .map((kind) => ({ kind, obstacle: obstacleOf(kind, inputs) }))
  return [...fits.filter(({ obstacle }) => obstacle === null), ...fits.filter(({ obstacle }) => obstacle !== null)]
}

/** More than any kind reads. */
const farther = 100

function rankOf({ inputs: need, accepts }: KindInfo, inputs: readonly (readonly Readable[] | null)[]): number {
  if (need !== 'required') return 2 * farther
  const isNear = inputs.every((input) => input?.[0] === undefined || accepts.includes(input[0]))
  return accepts.length + (isNear ? 0 : farther)
}

function obstacleOf(kind: KindInfo, inputs: readonly (readonly Readable[] | null)[]): string | null {
  if (inputs.length === 0) return kind.inputs === 'required' ? strings.newJob.needsInputs : null
  if (kind.inputs === 'none') return strings.newJob.takesNone
  const allRead = inputs.every((input) => input === null || input.some((form) => kind.accepts.includes(form)))
  return allRead ? null : strings.newJob.wrongFormat(format.list(kind.accepts))
}
