import { z } from 'zod'

/** A list of texts as it is typed into one field. Pure. */

/**
 * Texts are divided by commas and line ends, so that they may have blanks; a comma between parentheses divides nothing. What cannot be written
 * so is written as a JSON array.
 */
export function wordsOf(text: string): string[] {
  const array = text.trimStart().startsWith('[') ? z.array(z.string()).safeParse(jsonIn(text)) : null
  if (array?.success === true) return array.data
  const words: string[] = []
  for (const line of text.split(/[\r\n]+/)) words.push(...partsOf(line))
  return words.map((word) => word.trim()).filter((word) => word !== '')
}

function partsOf(line: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '(') depth += 1
    else if (line[at] === ')') depth -= 1
    if (depth < 0) return line.split(',')
    if (line[at] === ',' && depth === 0) {
      parts.push(line.slice(from, at))
      from = at + 1
    }
  }
  return depth === 0 ? [...parts, line.slice(from)] : line.split(',')
}

export function textOfWords(words: readonly string[]): string {
  const text = words.join(', ')
  const again = wordsOf(text)
  return again.length === words.length && again.every((word, at) => word === words[at]) ? text : JSON.stringify(words)
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
