/**
 * JSON (RFC 8259) over UTF-8 bytes, value by value, without building anything: numbers stay as they are written and names are data. It is
 * strict: what it passes is JSON.
 */
export class BadJson extends Error {
  override name = 'BadJson'
}

const quote = 34
const backslash = 92
const deepest = 500

export function skipSpace(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && isSpace(bytes[at] as number)) at += 1
  return at
}

function isSpace(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9
}

/** The end of the value that begins at `from`. */
export function valueEnd(bytes: Uint8Array, from: number, { to, depth = 0 }: { to: number; depth?: number }): number {
  if (depth > deepest) throw new BadJson(`values are nested more than ${deepest} deep`)
  switch (bytes[from]) {
    case quote:
      return stringEnd(bytes, from, to)
    case 0x7b:
      return membersEnd(bytes, from, { to, depth, closing: 0x7d })
    case 0x5b:
      return membersEnd(bytes, from, { to, depth, closing: 0x5d })
    default:
      return scalarEnd(bytes, from, to)
  }
}

interface Members {
  to: number
  depth: number
  closing: number
}

function membersEnd(bytes: Uint8Array, from: number, { to, depth, closing }: Members): number {
  let at = skipSpace(bytes, from + 1, to)
  if (bytes[at] === closing && at < to) return at + 1
  for (;;) {
    if (closing === 0x7d) at = nameEnd(bytes, at, to)
    at = skipSpace(bytes, valueEnd(bytes, at, { to, depth: depth + 1 }), to)
    if (at >= to) throw new BadJson('it ends inside a value')
    if (bytes[at] === closing) return at + 1
    if (bytes[at] !== 0x2c) throw new BadJson('a comma is missing')
    at = skipSpace(bytes, at + 1, to)
  }
}

/** From the start of a member's name to the start of its value. */
export function nameEnd(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] !== quote || from >= to) throw new BadJson('a name in quotes is missing')
  const at = skipSpace(bytes, stringEnd(bytes, from, to), to)
  if (bytes[at] !== 0x3a || at >= to) throw new BadJson('a colon is missing')
  return skipSpace(bytes, at + 1, to)
}

/** The end of a string that begins at `from`, its closing quote included. */
export function stringEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from + 1; at < to; at += 1) {
    const byte = bytes[at] as number
    if (byte === quote) return at + 1
    if (byte < 32) throw new BadJson('a control character stands in a string')
    if (byte === backslash) at = escapeEnd(bytes, at + 1, to)
  }
  throw new BadJson('it ends inside a string')
}

/** The last byte of an escape whose first byte behind the backslash is `at`. */
function escapeEnd(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) throw new BadJson('it ends inside a string')
  const byte = bytes[at] as number
  if (byte !== 0x75) {
    if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) throw new BadJson('an escape is unknown')
    return at
  }
  const digits = Buffer.from(bytes.subarray(at + 1, Math.min(to, at + 5))).toString('latin1')
  if (!/^[\da-fA-F]{4}$/.test(digits)) throw new BadJson('an escape is incomplete')
  return at + 4
}

const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

function scalarEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && !isSpace(bytes[at] as number) && !isPunctuation(bytes[at] as number)) at += 1
  if (at === from) throw new BadJson('a value is missing')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(at - from, 1000)).toString('latin1')
  if (text !== 'true' && text !== 'false' && text !== 'null' && (at - from > 1000 || !number.test(text)))
    throw new BadJson(`${text.slice(0, 20)} is no value`)
  return at
}

function isPunctuation(byte: number): boolean {
  return (
    byte === 0x2c || byte === 0x5d || byte === 0x7d || byte === 0x3a || byte === 0x5b || byte === 0x7b || byte === quote
  )
}
