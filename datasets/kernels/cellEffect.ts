/**
 * What a stretch of CSV does to a reader that enters it in a given state: in which state it leaves, how many records start, and where
 * the first does. Pure: the master composes the effects of cells without reading any of them.
 */

/** What came just before a byte. `atRecord` is also the start of an input. */
export const cellStates = [
  'atRecord',
  /** A CR that ended a record: an LF still belongs to it. */
  'afterReturn',
  'atField',
  /** Inside a field without quotes, or behind a closing quote and more. */
  'plain',
  'quoted',
  /** A quote that closes, unless another follows. */
  'quoteSeen',
  /** An escape inside quotes. */
  'quotedEscape',
] as const

/** An entry per state. */
export interface CellEffect {
  bytes: number
  /** Index of the state at the end. */
  exits: number[]
  /** Records that start inside. */
  records: number[]
  /** Where the first and the last record or blank line starts, -1 for none. */
  firsts: number[]
  lasts: number[]
}

/** Of two stretches, the second directly behind the first. */
export function joinEffects(first: CellEffect, second: CellEffect): CellEffect {
  const joined: CellEffect = { bytes: first.bytes + second.bytes, exits: [], records: [], firsts: [], lasts: [] }
  for (const [state, between] of first.exits.entries()) {
    const isLater = second.firsts[between]! >= 0
    joined.exits.push(second.exits[between]!)
    joined.records.push(first.records[state]! + second.records[between]!)
    const isFirst = first.firsts[state]! < 0 && isLater
    joined.firsts.push(isFirst ? first.bytes + second.firsts[between]! : first.firsts[state]!)
    joined.lasts.push(isLater ? first.bytes + second.lasts[between]! : first.lasts[state]!)
  }
  return joined
}
