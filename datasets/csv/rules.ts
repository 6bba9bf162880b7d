import type { Dialect } from '../../contract/table.ts'
import type { CsvRules } from '../kernels/requests.ts'

/** A dialect as kernels take it; lines with nothing on them are records only where they can be: in tables of one column. */
export function rulesOf({ delimiter, quote, escape }: Omit<Dialect, 'header'>, columns: number): CsvRules {
  return {
    delimiter: delimiter.charCodeAt(0),
    quote: quote?.charCodeAt(0) ?? null,
    escape: escape?.charCodeAt(0) ?? null,
    keepsBlank: columns <= 1,
  }
}
