/** Bytes being put together, in [0, length); what has to be kept is copied. Integers are varints of seven bits (LEB128). */
export class ByteSink {
  bytes = new Uint8Array(1024)
  length = 0

  clear(): void {
    this.length = 0
  }

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = new Uint8Array(2 * (this.length + more))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }

  varint(value: number): void {
    this.reserve(9)
    let left = value
    for (; left >= 128; left = Math.floor(left / 128)) this.bytes[this.length++] = (left % 128) | 128
    this.bytes[this.length++] = left
  }

  copy(bytes: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    if (end - start < 24) for (let at = start; at < end; at++) this.bytes[this.length++] = bytes[at]!
    else {
      this.bytes.set(bytes.subarray(start, end), this.length)
      this.length += end - start
    }
  }

  /** Eight bytes that compare as doubles do; 0 and -0 are the same. */
  double(value: number): void {
    this.reserve(8)
    double[0] = value + 0
    const isNegative = words[1]! >>> 31 === 1
    this.#word(isNegative ? ~words[1]! : words[1]! ^ 0x80000000)
    this.#word(isNegative ? ~words[0]! : words[0]!)
  }

  #word(word: number): void {
    this.bytes[this.length++] = word >>> 24
    this.bytes[this.length++] = word >>> 16
    this.bytes[this.length++] = word >>> 8
    this.bytes[this.length++] = word
  }
}

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

/** What `ByteSink.double` wrote. */
export function doubleAt(bytes: Uint8Array, at: number): number {
  const high = wordAt(bytes, at)
  const low = wordAt(bytes, at + 4)
  const isNegative = high >>> 31 === 0
  words[1] = isNegative ? ~high : high ^ 0x80000000
  words[0] = isNegative ? ~low : low
  return double[0]!
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}
