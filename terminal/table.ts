import { count, printable } from './figures.ts'

/** Numbers stand to the right with thousands marks, text to the left. Null is a figure that is not known. */
export type CellText = string | number | null

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u
const segments = new Intl.Segmenter()

/** Columns that a terminal gives to the text. */
export function widthOf(text: string): number {
  // oxlint-disable-next-line no-control-regex -- plain ASCII, the usual case, needs no segmenting
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of segments.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

export function cellText(value: CellText): string {
  if (value === null) return '-'
  return typeof value === 'number' ? count(value) : printable(value)
}

function pad(text: string, width: number, right: boolean): string {
  const gap = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? gap + text : text + gap
}

/** Aligned columns under their heads, two spaces apart. `heading` dresses the first line. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly CellText[])[],
  heading: (line: string) => string = (line) => line,
): string {
  const texts = rows.map((row) => row.map(cellText))
  const numeric = heads.map((_, column) => rows.some((row) => typeof row[column] === 'number'))
  const widths = heads.map((head, column) =>
    texts.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? '')), widthOf(head)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => pad(cell, widths[column] ?? 0, numeric[column] ?? false))
      .join('  ')
      .trimEnd()
  return [heading(line(heads)), ...texts.map(line)].join('\n')
}

/** One `name  value` to a line, the values under each other. */
export function pairs(entries: readonly (readonly [string, CellText])[]): string {
  const width = entries.reduce((widest, [name]) => Math.max(widest, widthOf(name)), 0)
  return entries.map(([name, value]) => `${pad(name, width, false)}  ${cellText(value)}`).join('\n')
}
