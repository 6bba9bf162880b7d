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
  /** Inside a field without quotes, or behind a field's closing quote and more. */
  'plain',
  'quoted',
  /** A quote that closes, unless another follows. */
  'quoteSeen',
  'plainEscape',
  'quotedEscape',
  /** An escaped CR: an LF is escaped with it. */
  'returnEscaped',
] as const

/** An entry per state. */
export interface CellEffect {
  bytes: number
  /** Index of the state at the end. */
  exits: number[]
  /** Records that start inside. */
  records: number[]
  /** Offset of the first of them, -1 for none. */
  firsts: number[]
}

/** Of two stretches, the second directly behind the first. */
export function joinEffects(first: CellEffect, second: CellEffect): CellEffect {
  const joined: CellEffect = { bytes: first.bytes + second.bytes, exits: [], records: [], firsts: [] }
  for (const [state, between] of first.exits.entries()) {
    const later = second.firsts[between]!
    joined.exits.push(second.exits[between]!)
    joined.records.push(first.records[state]! + second.records[between]!)
    joined.firsts.push(first.firsts[state]! >= 0 || later < 0 ? first.firsts[state]! : first.bytes + later)
  }
  return joined
}
