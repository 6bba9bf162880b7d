/**
 * Small integers as Parquet packs them (its "RLE / bit-packing hybrid"): one run when all are the same, otherwise groups of eight, each
 * value in so many bits, the lowest first. Pure.
 */
type Integers = Uint8Array | Uint32Array

export function packed(values: Integers, width: number): Uint8Array {
  if (values.length === 0) return new Uint8Array(0)
  const first = values[0]!
  return values.every((value) => value === first)
    ? oneRun(first, values.length, width)
    : withHead((Math.ceil(values.length / 8) << 1) | 1, bitPacked(values, width))
}

/** How many bits the integers below `count` take. */
export function widthOf(count: number): number {
  return Math.max(1, 32 - Math.clz32(Math.max(0, count - 1)))
}

/** In whole groups of eight, the last one filled up with zeros. */
export function bitPacked(values: Integers, width: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8) * width)
  for (let at = 0, bit = 0; at < values.length; at++) {
    let value = values[at]!
    for (let left = width; left > 0;) {
      const offset = bit & 7
      const taken = Math.min(8 - offset, left)
      bytes[bit >>> 3]! |= (value & ((1 << taken) - 1)) << offset
      value >>>= taken
      bit += taken
      left -= taken
    }
  }
  return bytes
}

function oneRun(value: number, count: number, width: number): Uint8Array {
  const bytes = Uint8Array.from({ length: Math.ceil(width / 8) }, (_, at) => (value >>> (8 * at)) & 255)
  return withHead(count << 1, bytes)
}

/** `head` as a variable-length integer, seven bits to a byte. */
function withHead(head: number, body: Uint8Array): Uint8Array {
  const bytes: number[] = []
  let left = head
  for (; left > 127; left >>>= 7) bytes.push((left & 127) | 128)
  bytes.push(left)
  const all = new Uint8Array(bytes.length + body.length)
  all.set(bytes)
  all.set(body, bytes.length)
  return all
}
