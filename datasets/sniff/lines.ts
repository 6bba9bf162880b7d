import type { Inspection } from '../../contract/dataset.ts'

/** What the head of a text tells of its lines. Pure. */
const previewLines = 50
const previewCharacters = 500
const newline = 10
const carriageReturn = 13

/** `whole`: the head is all there is. A '\r' at the end of a part may belong to a '\r\n'. */
export function lineEndingOf(head: Buffer, whole: boolean): Inspection['lineEnding'] {
  const met = new Set<'lf' | 'crlf' | 'cr'>()
  for (let at = 0; at < head.length; at += 1) {
    if (head[at] === newline) met.add(head[at - 1] === carriageReturn ? 'crlf' : 'lf')
    const alone = head[at] === carriageReturn && head[at + 1] !== newline
    if (alone && (whole || at < head.length - 1)) met.add('cr')
  }
  const [first] = met
  return met.size > 1 ? 'mixed' : (first ?? 'none')
}

/** Exact when the head is all there is. */
export function estimateLines(head: Buffer, bytes: number): number {
  if (bytes === 0) return 0
  let newlines = 0
  for (const byte of head) if (byte === newline) newlines += 1
  if (head.length === bytes) return head.at(-1) === newline ? newlines : newlines + 1
  return Math.max(1, Math.round((newlines / head.length) * bytes))
}

/** The first lines, as text. A last line that the head cuts stands only when it fills the preview by itself. */
export function previewOf(head: Buffer, whole: boolean): string[] {
  const lines = new TextDecoder().decode(head).split(/\r\n|\n|\r/, previewLines + 1)
  const ended = lines.length > previewLines || lines.at(-1) === ''
  const cut = lines.length <= previewLines && (ended || (!whole && lines.length > 1))
  const shown = cut ? lines.slice(0, -1) : lines.slice(0, previewLines)
  return shown.map((line) => firstCharacters(line))
}

function firstCharacters(line: string): string {
  if (line.length <= previewCharacters) return line
  return Array.from(line.slice(0, previewCharacters * 2))
    .slice(0, previewCharacters)
    .join('')
}
