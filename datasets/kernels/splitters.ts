import type { KernelMemory } from './memory.ts'
import { splitterBytes, type SplitterTable } from './recordRequests.ts'

/** A key that divides others; those that equal it have `copies` buckets of their own behind the one below. */
export interface PlacedSplitter {
  key: Uint8Array
  below: number
  copies: number
}

/** Puts splitters, which are in order, where kernels look them up. */
export function placeSplitters(memory: KernelMemory, splitters: readonly PlacedSplitter[]): SplitterTable {
  const keysAt = splitters.length * splitterBytes
  const region = memory.allocate(splitters.reduce((bytes, { key }) => bytes + key.length, keysAt))
  const view = new DataView(memory.buffer, region.at, region.length)
  let at = keysAt
  for (const [index, { key, below, copies }] of splitters.entries()) {
    const entry = index * splitterBytes
    view.setBigUint64(entry, prefixOf(key), true)
    view.setUint32(entry + 8, at, true)
    view.setUint32(entry + 12, at + key.length, true)
    view.setUint32(entry + 16, below, true)
    view.setUint32(entry + 20, copies, true)
    region.bytes.set(key, at)
    at += key.length
  }
  return { region, count: splitters.length }
}

/** The first eight bytes as a number, 0 behind the end: what is less here is less. */
function prefixOf(key: Uint8Array): bigint {
  const first = Buffer.alloc(8)
  first.set(key.subarray(0, 8))
  return first.readBigUInt64BE()
}
