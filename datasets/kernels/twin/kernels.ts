import { type GrowingBytes, KernelMemory, type Region } from '../memory.ts'
import type { Kernels } from '../requests.ts'
import { scanCell } from './cells.ts'
import { keyDecimals } from './decimals.ts'
import { parseNumbers, sumIntegers } from './numbers.ts'
import { gatherRecords, sortRecords } from './order.ts'
import { findBuckets, hashBuckets, scatterRecords } from './partition.ts'
import { placeRecords } from './places.ts'
import { findRecords } from './records.ts'
import { testNumbers, testTexts } from './fieldTests.ts'
import { countTokens } from './tokens.ts'

/** The kernels in plain TypeScript, written to be read: what the WASM module is tested against, and what runs where it cannot. */
export function twinKernels(): Kernels {
  return {
    memory: new KernelMemory(new PlainBytes(), 0),
    findRecords,
    scanCell,
    countByte,
    parseNumbers,
    sumIntegers,
    testNumbers,
    testTexts,
    countTokens,
    placeRecords,
    keyDecimals,
    sortRecords,
    gatherRecords,
    findBuckets,
    hashBuckets,
    scatterRecords,
  }
}

function countByte(input: Region, length: number, byte: number): number {
  const { bytes } = input
  let count = 0
  for (let at = 0; at < length; at++) if (bytes[at] === byte) count++
  return count
}

/** As WASM's memory, it leaves no view of the old buffer usable. */
class PlainBytes implements GrowingBytes {
  buffer = new ArrayBuffer(64 * 1024)

  grow(bytes: number): void {
    this.buffer = this.buffer.transfer(bytes)
  }
}
