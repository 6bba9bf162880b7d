import type { Bytes } from './event.ts'

/** Keys of decimals (datasets/kernels/decimalKey.ts) back as text: a sign, digits, and a point only where digits follow it. */
const zeroClass = 0x80
const firstClass = 0x82
const leastExponent = -30
const mostExponent = 89

/** Whether the exponent stands in the first byte: the value can be written with at most ninety digits before the point. */
export function isPlainExponent(key: Uint8Array): boolean {
  const found = classOf(key[0]!)
  return found === zeroClass || (found >= firstClass && found <= firstClass + mostExponent - leastExponent)
}

export function decimalText({ bytes, start, end }: Bytes): string {
  const first = bytes[start]!
  if (first === zeroClass) return '0'
  const isNegative = first < zeroClass
  const exponent = classOf(first) - firstClass + leastExponent
  let digits = ''
  // A 0 ends them.
  for (let at = start + 1; at < end - 1; at++) {
    const pair = (isNegative ? bytes[at]! ^ 0xff : bytes[at]!) - 1
    digits += pair < 10 ? `0${pair}` : String(pair)
  }
  if (digits.endsWith('0')) digits = digits.slice(0, -1)
  return `${isNegative ? '-' : ''}${placed(digits, exponent)}`
}

/** 0.`digits` * 10^`exponent`. */
function placed(digits: string, exponent: number): string {
  if (exponent <= 0) return `0.${'0'.repeat(-exponent)}${digits}`
  if (digits.length <= exponent) return digits.padEnd(exponent, '0')
  return `${digits.slice(0, exponent)}.${digits.slice(exponent)}`
}

function classOf(first: number): number {
  return first < zeroClass ? first ^ 0xff : first
}
