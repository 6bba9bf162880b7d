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
    if (this.length + 9 > this.bytes.length) this.reserve(9)
    if (value < 128) {
      this.bytes[this.length++] = value
      return
    }
    let left = value
    for (; left >= 128; left = Math.floor(left / 128)) this.bytes[this.length++] = (left % 128) | 128
    this.bytes[this.length++] = left
  }

  copy(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (length === 0) return
    if (this.length + length > this.bytes.length) this.reserve(length)
    const target = this.bytes
    const to = this.length
    if (length < 24) for (let index = 0; index < length; index++) target[to + index] = bytes[start + index]!
    else target.set(bytes.subarray(start, end), to)
    this.length = to + length
  }

  /** Eight bytes that compare as doubles do; 0 and -0 are the same. */
  double(value: number): void {
    if (this.length + 8 > this.bytes.length) this.reserve(8)
    double[0] = value + 0
    // All bits of what is negative are turned round, of all else the first.
    const turned = words[1]! >> 31
    putWord(this.bytes, this.length, words[1]! ^ (turned | 0x80000000))
    putWord(this.bytes, this.length + 4, words[0]! ^ turned)
    this.length += 8
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

function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}
