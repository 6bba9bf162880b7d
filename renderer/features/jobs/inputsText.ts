import type { JobBrief } from '../../../contract/job.ts'
import { strings } from '../../ui/strings.ts'

const namesShown = 3

/** The names of a job's inputs, the rest counted. */
export function inputsText({ inputs }: Pick<JobBrief, 'inputs'>): string {
  if (inputs.count === 0) return strings.home.withoutInputs
  const names = inputs.first.slice(0, namesShown).map(({ name }) => name)
  const rest = inputs.count - names.length
  return rest === 0 ? names.join(', ') : strings.home.andMore(names.join(', '), rest)
}
