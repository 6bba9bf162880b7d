import { assertNever } from '../contract/invariant.ts'
import { oneLine } from '../contract/oneLine.ts'
import type { Checked, OutputSample } from '../contract/outputSample.ts'
import { count } from './figures.ts'
import { rowsText } from './rowsText.ts'
import type { Terminal } from './terminal.ts'

/** What `run --dry-run` shows: the rows that the output would begin with, and what is to be known of them. */
export interface CheckedTexts {
  /** Null where there is nothing to show. */
  rows: string | null
  note: string
}

export function checkedTexts(kind: string, { sample, why }: Checked, terminal: Terminal): CheckedTexts {
  const sound = 'nothing is wrong, and no job was made'
  if (why !== null) return { rows: null, note: `${sound}; no rows to show: ${oneLine(why)}` }
  if (sample === null) return { rows: null, note: `${sound}; what ${kind} would say is known only when it has run` }
  const { columns: names, rows, moreColumns } = sample
  return { rows: rowsText({ names, rows, moreColumns }, terminal), note: `${sound}; ${extentText(sample)}` }
}

function extentText({ rows, read, rejected, reason, ended }: OutputSample): string {
  const asides =
    rejected === 0 ? '' : `; ${count(rejected)} set aside so far, the first because ${oneLine(reason ?? '')}`
  return `${shownText({ rows, read, ended })}${asides}`
}

function shownText({ rows, read, ended }: Pick<OutputSample, 'rows' | 'read' | 'ended'>): string {
  switch (ended) {
    case 'full':
      return `these are the first ${count(rows.length)} rows of the output`
    case 'whole':
      return rows.length === 0 ? 'there would be no rows' : 'these are all rows of the output'
    case 'cut':
      return `${rows.length === 0 ? 'none' : 'these'} of the first ${count(read)} rows that were read would be written`
    default:
      return assertNever(ended, 'the end of a sample')
  }
}
