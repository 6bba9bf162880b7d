/**
 * Decimal literals as keys whose bytes are in the order of their values, exactly: no digit is rounded away. A literal is what the kind
 * `numbers` takes (sign, digits with or without a point, exponent; white space around it), of any length.
 *
 * The value is 0.d1d2…dn * 10^e with d1 and dn not 0. Its key: one byte of class (sign and size of the exponent; 0x80 is zero), for an
 * exponent out of the usual eight more bytes, then two digits to a byte, and a 0 that ends them. Negative ones have every byte inverted, so
 * has every key of a descending order. No key is the beginning of another, so inverted ones are in inverted order.
 */
const zeroClass = 0x80
/** Exponents [-30, 90) stand in the class itself. */
const leastExponent = -30
const mostExponent = 89
const smallClass = 0x81
const firstClass = 0x82
const largeClass = firstClass + mostExponent - leastExponent + 1
/** Beyond this a double would soon not count exponents exactly. */
const mostExponent10 = 1e15

const [plus, minus, point, zero, nine, upperE, lowerE, space] = [43, 45, 46, 48, 57, 69, 101, 32] as const

/** One key after the other, in memory that it makes more of when a literal is longer than any before. */
export class DecimalKeys {
  /** The key that `read` has made stands in [0, length). */
  bytes = new Uint8Array(256)
  length = 0
  readonly #descending: boolean
  #digits = 0
  #exponent = 0

  constructor(descending: boolean) {
    this.#descending = descending
  }

  /** Makes the key of the literal in [start, end); says why there is none, or null. */
  read(text: Uint8Array, start: number, end: number): string | null {
    let [from, to] = [start, end]
    while (from < to && isSpace(text[from]!)) from += 1
    while (to > from && isSpace(text[to - 1]!)) to -= 1
    if (from === to) return 'blank line'
    const isNegative = text[from] === minus
    if (isNegative || text[from] === plus) from += 1
    if (this.bytes.length < to - from + 16) this.bytes = new Uint8Array(2 * (to - from + 16))
    const complaint = this.#readDigits(text, from, to)
    if (complaint === null) this.#finish(isNegative)
    return complaint
  }

  /** Puts the digits, packed, behind the room for the class and a long exponent. */
  #readDigits(text: Uint8Array, from: number, to: number): string | null {
    let at = from
    let isAfterPoint = false
    let seen = 0
    this.#digits = 0
    this.#exponent = 0
    for (; at < to; at++) {
      const byte = text[at]!
      if (byte === point && !isAfterPoint) isAfterPoint = true
      else if (byte >= zero && byte <= nine) {
        seen += 1
        this.#takeDigit(byte - zero, isAfterPoint)
      } else break
    }
    if (seen === 0) return 'not a number'
    return at === to ? null : this.#readExponent(text, at, to)
  }

  #takeDigit(digit: number, isAfterPoint: boolean): void {
    const isLeadingZero = this.#digits === 0 && digit === 0
    if (isLeadingZero) {
      if (isAfterPoint) this.#exponent -= 1
      return
    }
    if (!isAfterPoint) this.#exponent += 1
    const place = digitsAt + (this.#digits >> 1)
    // Two digits to a byte, 1 to 100: the 0 that ends them is less than any.
    if (this.#digits % 2 === 0) this.bytes[place] = 1 + 10 * digit
    else this.bytes[place]! += digit
    this.#digits += 1
  }

  #readExponent(text: Uint8Array, at: number, to: number): string | null {
    if (text[at] !== lowerE && text[at] !== upperE) return 'not a number'
    const isNegative = text[at + 1] === minus
    const from = isNegative || text[at + 1] === plus ? at + 2 : at + 1
    const exponent = readDigits(text, from, to)
    if (exponent === null) return 'not a number'
    if (exponent > mostExponent10) return 'a number whose exponent is too large'
    this.#exponent += isNegative ? -exponent : exponent
    return null
  }

  #finish(isNegative: boolean): void {
    const digitBytes = this.#packedBytes()
    if (digitBytes === 0) {
      this.bytes[0] = zeroClass
      this.length = 1
    } else {
      const head = this.#writeHead()
      this.bytes.copyWithin(head, digitsAt, digitsAt + digitBytes)
      this.bytes[head + digitBytes] = 0
      this.length = head + digitBytes + 1
    }
    if (isNegative && digitBytes > 0) this.#invert()
    if (this.#descending) this.#invert()
  }

  /** How many bytes the digits take once the zeros at their end are left out. */
  #packedBytes(): number {
    let count = (this.#digits + 1) >> 1
    while (count > 0 && this.bytes[digitsAt + count - 1] === 1) count -= 1
    return count
  }

  #writeHead(): number {
    const exponent = this.#exponent
    if (exponent >= leastExponent && exponent <= mostExponent) {
      this.bytes[0] = firstClass + exponent - leastExponent
      return 1
    }
    this.bytes[0] = exponent < 0 ? smallClass : largeClass
    // Counted from far below any, so that it is not negative; 53 bits of it.
    const biased = exponent + 2 ** 52
    const view = new DataView(this.bytes.buffer)
    view.setUint32(1, Math.floor(biased / 2 ** 32))
    view.setUint32(5, biased % 2 ** 32)
    return digitsAt
  }

  #invert(): void {
    for (let at = 0; at < this.length; at++) this.bytes[at]! ^= 0xff
  }
}

/** Where the digits stand until it is known how long what goes before them is. */
const digitsAt = 9

function isSpace(byte: number): boolean {
  return byte === space || (byte >= 9 && byte <= 13)
}

/** An integer without a sign; null when there is none. */
function readDigits(text: Uint8Array, from: number, to: number): number | null {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text[at]! - zero
    if (digit < 0 || digit > 9) return null
    value = value * 10 + digit
  }
  return from < to ? value : null
}
