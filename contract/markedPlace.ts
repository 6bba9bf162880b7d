/**
 * How a complaint about an expression shows the place: an arrow stands before the character in the expression itself, at the end of the
 * line. Who shows more than a line takes it apart again.
 */
export interface MarkedPlace {
  /** What is wrong, and where, in words. */
  why: string
  before: string
  /** The word or sign at the place; empty at the end of the expression. */
  marked: string
  after: string
}

export function withPlace(why: string, expression: string, at: number): string {
  return `${why} at character ${at + 1}: ${expression.slice(0, at)}→${expression.slice(at)}`
}

const place = /^(.*? at character (\d+)): (.*)$/su
const word = /^(?:[\p{L}\p{N}_$.]+|`[^`]*`?|'[^']*'?|"[^"]*"?|.)/su

/** Null for a message that marks no place. */
export function markedPlace(message: string): MarkedPlace | null {
  const [, why, character, shown] = place.exec(message) ?? []
  if (why === undefined || shown === undefined) return null
  const at = arrowIn(shown, Number(character) - 1)
  if (at < 0) return null
  const rest = shown.slice(at + 1)
  const marked = word.exec(rest)?.[0] ?? ''
  return { why, before: shown.slice(0, at), marked, after: rest.slice(marked.length) }
}

/** What breaks lines has been taken out of messages, so that it may stand a little earlier. */
function arrowIn(shown: string, expected: number): number {
  return shown[expected] === '→' ? expected : shown.indexOf('→')
}
