/** A search beyond this many words is no search any more, and FTS5 limits the depth of its expressions. */
const mostWords = 32

/**
 * What a person typed as an FTS5 expression that finds rows with all of its words, each perhaps only begun. Every word is quoted,
 * so that no operator, quote or bracket in it means anything. Null when it holds nothing that could be found.
 */
export function searchExpression(typed: string): string | null {
  const words = typed
    .replaceAll('\0', ' ')
    .split(/\s+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, mostWords)
  return words.length === 0 ? null : words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' ')
}
