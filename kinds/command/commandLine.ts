import { expandPiece, type Item, namesItem, type Piece, piecesOf } from './template.ts'

/**
 * A command ready to be filled in: words handed to a program as they are, or, where a shell was asked for, one line of which a shell makes
 * words. In that line values are never text: they are parameters of the shell, so that none of them can become a command. Pure.
 */
export interface Wanted {
  command: readonly string[]
  shell: boolean
}

export type Template = { type: 'words'; words: Piece[][] } | { type: 'line'; pieces: LinePiece[] }

/** `quoted`: it stands between double quotes. */
type LinePiece = { piece: Piece; quoted: boolean }

/** What is started: a program and its words. `shown` is how a person would type it. */
export interface Launch {
  program: string
  words: string[]
  shown: string
}

export class TemplateFault extends Error {
  override name = 'TemplateFault'
}

/** Throws a TemplateFault. */
export function templateOf({ command, shell }: Wanted, columns: readonly string[] | null): Template {
  if (shell) return { type: 'line', pieces: piecesOfLine(command.join(' '), columns) }
  const words = command.map((word) => piecesOf(word, columns))
  if (words[0]?.some(({ type }) => type !== 'text') === true)
    throw new TemplateFault('the first word names the program, which is the same for every item')
  return { type: 'words', words: words.flat().some(namesItem) ? words : [...words, [wholeItem]] }
}

const wholeItem: Piece = { type: 'value', column: null, cut: '' }

const shellProgram = '/bin/sh'

export function launchOf(template: Template, item: Item, out: string): Launch {
  if (template.type === 'line') return launchOfLine(template.pieces, item, out)
  const [program = '', ...words] = template.words.map((pieces) =>
    pieces.map((piece) => expandPiece(piece, item, out)).join(''),
  )
  return { program, words, shown: [program, ...words].map(inQuotes).join(' ') }
}

function launchOfLine(pieces: readonly LinePiece[], item: Item, out: string): Launch {
  const values: string[] = []
  let line = ''
  let shown = ''
  for (const { piece, quoted } of pieces) {
    const text = expandPiece(piece, item, out)
    if (piece.type === 'text') {
      line += text
      shown += text
      continue
    }
    values.push(text)
    // Between double quotes a parameter is one word already.
    line += quoted ? `\${${values.length}}` : `"\${${values.length}}"`
    shown += quoted ? text : inQuotes(text)
  }
  return { program: shellProgram, words: ['-c', line, 'sh', ...values], shown }
}

function piecesOfLine(line: string, columns: readonly string[] | null): LinePiece[] {
  const pieces = piecesOf(line, columns)
  const whole = pieces.some(namesItem) ? pieces : [...pieces, { type: 'text' as const, text: ' ' }, wholeItem]
  let quote: Quote = 'none'
  return whole.map((piece) => {
    if (piece.type === 'text') quote = quoteAfter(piece.text, quote)
    else if (quote === 'single')
      throw new TemplateFault('between single quotes the shell puts nothing in; take double quotes, or none, around {}')
    return { piece, quoted: quote === 'double' }
  })
}

type Quote = 'none' | 'single' | 'double'

/** In which quotes the shell is behind a text. */
function quoteAfter(text: string, before: Quote): Quote {
  let quote = before
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '\\' && quote !== 'single') at += 1
    else if (letter === "'" && quote !== 'double') quote = quote === 'single' ? 'none' : 'single'
    else if (letter === '"' && quote !== 'single') quote = quote === 'double' ? 'none' : 'double'
  }
  return quote
}

/** As a word of a shell: bare where nothing in it means anything, `$'…'` where it has control characters, so that it stays one line. */
export function inQuotes(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  // oxlint-disable-next-line no-control-regex -- these are what it looks for
  if (!/[\u0000-\u001f\u007f]/.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`
  const escaped = word.replaceAll(/[\\']/g, String.raw`\$&`)
  // oxlint-disable-next-line no-control-regex -- the same
  return `$'${escaped.replaceAll(/[\u0000-\u001f\u007f]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`)}'`
}
