import type { EdgeKeeper } from './graphFile.ts'

/** Edges between numbered nodes, each different one once, in the order in which they first came: open addressing, no object for any. */
const firstEdges = 512

export class DistinctEdges implements EdgeKeeper {
  size = 0
  #sources = new Int32Array(firstEdges)
  #targets = new Int32Array(firstEdges)
  /** Edge + 1, 0 for none. */
  #slots = new Int32Array(2 * firstEdges)

  /** Whether it is a new one. */
  add(source: number, target: number): boolean {
    const mask = this.#slots.length - 1
    let slot = hashOf(source, target) & mask
    for (let held = this.#slots[slot]!; held !== 0; held = this.#slots[slot]!) {
      if (this.#sources[held - 1] === source && this.#targets[held - 1] === target) return false
      slot = (slot + 1) & mask
    }
    const edge = this.size++
    this.#sources[edge] = source
    this.#targets[edge] = target
    this.#slots[slot] = edge + 1
    if (this.size === this.#sources.length) this.#grow()
    return true
  }

  edges(): { sources: Int32Array; targets: Int32Array } {
    return { sources: this.#sources.subarray(0, this.size), targets: this.#targets.subarray(0, this.size) }
  }

  #grow(): void {
    this.#sources = twice(this.#sources)
    this.#targets = twice(this.#targets)
    const slots = new Int32Array(2 * this.#slots.length)
    const mask = slots.length - 1
    for (let edge = 0; edge < this.size; edge += 1) {
      let slot = hashOf(this.#sources[edge]!, this.#targets[edge]!) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = edge + 1
    }
    this.#slots = slots
  }
}

/** The finaliser of MurmurHash3 (A. Appleby, public domain) over both numbers. */
function hashOf(source: number, target: number): number {
  let hash = Math.imul(source, 0xcc9e2d51) ^ Math.imul(target, 0x1b873593)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

export function twice(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length)
  larger.set(array)
  return larger
}
