import { isUtf8 } from 'node:buffer'
import type { Inspection } from '../../contract/dataset.ts'

/** Text or binary, and in which encoding, told from samples. Pure. */
type Encoding = Inspection['encoding']

/** Shares of a sample above which it is not text: control characters that no text needs, bytes that are not UTF-8. */
const mostControls = 0.02
const mostInvalid = 0.3

/** `head` starts at byte 0; the others may start and end inside a character. */
export function encodingOf(head: Buffer, later: readonly Buffer[]): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  if (![head, ...later].every((sample) => isUtf8(wholeCharacters(sample)))) return 'unknown'
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 'utf-8-bom' : 'utf-8'
}

/** UTF-16 counts as binary: no reader takes it yet. */
export function isBinary(encoding: Encoding, samples: readonly Buffer[]): boolean {
  return encoding === 'utf-16le' || encoding === 'utf-16be' || samples.some(looksBinary)
}

function looksBinary(sample: Buffer): boolean {
  if (sample.includes(0)) return true
  let controls = 0
  for (const byte of sample) if (isControl(byte)) controls += 1
  return controls > sample.length * mostControls || invalidBytes(sample) > sample.length * mostInvalid
}

/** Not tab, line feed, vertical tab, form feed, carriage return, nor the escape of coloured logs. */
function isControl(byte: number): boolean {
  return (byte < 32 && !(byte >= 9 && byte <= 13) && byte !== 27) || byte === 127
}

/** How many bytes decoding would replace, at least: each U+FFFD that the text does not itself hold stands for one to three. */
function invalidBytes(sample: Buffer): number {
  const bytes = wholeCharacters(sample)
  return isUtf8(bytes) ? 0 : bytes.toString('utf8').split('\uFFFD').length - 1
}

/** Without the character that a sample's edge may cut: up to three bytes at each end. */
function wholeCharacters(sample: Buffer): Buffer {
  let start = 0
  while (start < 3 && isContinuation(sample[start])) start += 1
  for (let back = 1; back <= 3 && back <= sample.length - start; back += 1) {
    const byte = sample[sample.length - back] as number
    if (isContinuation(byte)) continue
    return byte >= 0xc0 ? sample.subarray(start, sample.length - back) : sample.subarray(start)
  }
  return sample.subarray(start)
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
