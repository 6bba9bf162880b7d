/** SQL's pattern, in time that grows with text times pattern at worst: no pattern a person writes can hang a row. */
export function likePattern(pattern: string): (text: string) => boolean {
  const wanted = Array.from(pattern)
  return (text) => fits(Array.from(text), wanted)
}

function fits(text: readonly string[], pattern: readonly string[]): boolean {
  let [at, place] = [0, 0]
  // Where the last % stood, and how much of the text it is taken to cover.
  let [percent, covered] = [-1, 0]
  while (at < text.length) {
    if (pattern[place] === '%') {
      percent = place++
      covered = at
    } else if (place < pattern.length && (pattern[place] === '_' || pattern[place] === text[at])) {
      place++
      at++
    } else if (percent >= 0) {
      place = percent + 1
      at = ++covered
    } else return false
  }
  while (pattern[place] === '%') place++
  return place === pattern.length
}
