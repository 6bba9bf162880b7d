/** Text in the order of its UTF-8 bytes, which is that of its code points: units above the surrogates come before them. */
export function compareText(one: string, other: string): number {
  const shared = Math.min(one.length, other.length)
  for (let at = 0; at < shared; at++) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)]
    if (left !== right) return rankOf(left) - rankOf(right)
  }
  return one.length - other.length
}

const firstSurrogate = 0xd800
const afterSurrogates = 0xe000

function rankOf(unit: number): number {
  if (unit < firstSurrogate) return unit
  return unit < afterSurrogates ? unit + 0x10000 : unit
}
