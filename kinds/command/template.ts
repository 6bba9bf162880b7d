/**
 * What stands in a command for the item at hand, in GNU parallel's words: `{}` the item, `{.}` without its extension, `{/}` its last
 * part, `{//}` its folder, `{/.}` the last part without extension, `{#}` its number; `{2}` and `{name}` a column of a row, with the same
 * endings (`{name/.}`); `{out}` the folder of its own in which the program runs. Other braces are left as they stand. Pure.
 */
export interface Item {
  /** Counts from 1. */
  number: number
  /** What `{}` stands for. */
  text: string
  /** Of a row, in the order of its columns; of anything else the text alone. */
  values: readonly string[]
}

type Cut = '' | '.' | '/' | '//' | '/.'

export type Piece =
  | { type: 'text'; text: string }
  /** `column` counts from 0; null: the whole item. */
  | { type: 'value'; column: number | null; cut: Cut }
  | { type: 'number' }
  | { type: 'out' }

const braces = /\{([^{}]*)\}/g
const cutEnd = /^(.*?)(\/\.|\/\/|\/|\.|)$/s

/** A word of a command in pieces. `columns` are those of a row; null where items are no rows. */
export function piecesOf(word: string, columns: readonly string[] | null): Piece[] {
  const pieces: Piece[] = []
  let done = 0
  for (const match of word.matchAll(braces)) {
    const piece = pieceOf(match[1] ?? '', columns)
    if (piece === null) continue
    if (match.index > done) pieces.push({ type: 'text', text: word.slice(done, match.index) })
    pieces.push(piece)
    done = match.index + match[0].length
  }
  if (done < word.length || pieces.length === 0) pieces.push({ type: 'text', text: word.slice(done) })
  return pieces
}

function pieceOf(inner: string, columns: readonly string[] | null): Piece | null {
  if (inner === '#') return { type: 'number' }
  const named = columns?.indexOf(inner) ?? -1
  if (named >= 0) return { type: 'value', column: named, cut: '' }
  if (inner === 'out') return { type: 'out' }
  const [, name = '', cut = ''] = cutEnd.exec(inner) ?? []
  const column = name === '' ? null : columnOf(name, columns)
  return column === -1 ? null : { type: 'value', column, cut: cut as Cut }
}

/** By name, or by its number from 1; -1 when there is none. */
function columnOf(name: string, columns: readonly string[] | null): number {
  if (columns === null) return name === '1' ? 0 : -1
  const named = columns.indexOf(name)
  if (named >= 0 || !/^[1-9]\d{0,5}$/.test(name)) return named
  return Number(name) <= columns.length ? Number(name) - 1 : -1
}

/** Whether a piece says which item it is: a command without one gets the item as its last word. */
export function namesItem({ type }: Piece): boolean {
  return type === 'value' || type === 'number'
}

export function expandPiece(piece: Piece, item: Item, out: string): string {
  switch (piece.type) {
    case 'text':
      return piece.text
    case 'number':
      return String(item.number)
    case 'out':
      return out
    default:
      return cutText(piece.column === null ? item.text : (item.values[piece.column] ?? ''), piece.cut)
  }
}

/** As GNU parallel cuts: an extension begins at the last dot of the last part, but for one that begins it. */
export function cutText(text: string, cut: Cut): string {
  switch (cut) {
    case '.':
      return withoutExtension(text)
    case '/':
      return lastPart(text)
    case '//':
      return folderOf(text)
    case '/.':
      return withoutExtension(lastPart(text))
    default:
      return text
  }
}

function lastPart(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1)
}

function folderOf(text: string): string {
  const end = text.lastIndexOf('/')
  if (end < 0) return '.'
  return end === 0 ? '/' : text.slice(0, end)
}

function withoutExtension(text: string): string {
  const dot = text.lastIndexOf('.')
  return dot > text.lastIndexOf('/') + 1 ? text.slice(0, dot) : text
}
