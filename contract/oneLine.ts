const longest = 2000

/** What strangers' names and values may hold, without what breaks a line, steers a terminal or turns the direction of text around. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
  return line.length > longest ? `${line.slice(0, longest - 1).toWellFormed()}…` : line
}
