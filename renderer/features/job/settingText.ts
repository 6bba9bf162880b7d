import type { Json } from '../../../contract/json.ts'
import { strings } from '../../ui/strings.ts'

/** The value of a setting as a person reads it: words for what is on, off or left empty, JSON for what has parts. Pure. */
export function settingText(value: Json): string {
  if (typeof value === 'boolean') return value ? strings.result.yes : strings.result.no
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0)
  if (isEmpty) return strings.job.unset
  return typeof value === 'string' ? value : JSON.stringify(value)
}
