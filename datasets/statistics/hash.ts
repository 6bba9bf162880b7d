/**
 * A hash of 64 bits, as two words, of bytes: two lanes of MurmurHash3's mixing (A. Appleby, public domain) with seeds of their own. It is
 * for sketches, whose answers must be the same on every machine; nobody can gain by finding two texts of one hash.
 */
export class ByteHash {
  high = 0
  low = 0

  of(bytes: Uint8Array, start: number, end: number): void {
    let one = 0x2f0b4c47
    let other = 0x9747b28c | 0
    let at = start
    for (; at + 4 <= end; at += 4) {
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
      one = mix(one, word, 15)
      other = mix(other, word ^ 0x5bd1e995, 17)
    }
    let tail = 0
    for (let shift = 0; at < end; at++, shift += 8) tail |= bytes[at]! << shift
    const length = end - start
    one = mix(one, tail, 15) ^ length
    other = mix(other, tail ^ 0x5bd1e995, 17) ^ length
    this.high = finish((one + other) | 0)
    this.low = finish((other + Math.imul(one, 5)) | 0)
  }
}

function mix(hash: number, word: number, turn: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = (k << turn) | (k >>> (32 - turn))
  const mixed = hash ^ Math.imul(k, 0x1b873593)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
