import { readSync } from 'node:fs'
import type { Input } from '../../contract/dataset.ts'
import { type RunContext, TaskFailure } from '../../contract/run.ts'

/**
 * Bytes of an input, block by block. It owns the reading buffers; what records are is for the readers of each format to say.
 * Reads go straight from the descriptor at an offset, so that a descriptor can be shared by all of a job's tasks.
 */

/** Fits the second-level cache; larger and smaller blocks measured no faster. */
const blockBytes = 256 * 1024

/** What a reader needs of a task's context. `progress` gets each byte of the piece once, so that a piece adds up to its length. */
export type PieceContext = Pick<RunContext, 'inputs' | 'open' | 'mended' | 'progress' | 'record' | 'endPiece'>

export function inputOf(context: Pick<RunContext, 'inputs'>, index: number): Input {
  const input = context.inputs[index]
  if (input === undefined) throw new RangeError(`the job has no input ${index}`)
  return input
}

/** Fills `buffer` from byte `offset` of the file until it is full or the file ends; returns how many bytes came. */
export function readAt(fd: number, buffer: Uint8Array, offset: number): number {
  let filled = 0
  while (filled < buffer.length) {
    const got = readSync(fd, buffer, filled, buffer.length - filled, offset + filled)
    if (got === 0) break
    filled += got
  }
  return filled
}

/** The same for bytes that must be there: an input that ends early is no longer the one that the job was made for. */
export function readExactly(fd: number, buffer: Uint8Array, place: { offset: number; path: string }): void {
  const got = readAt(fd, buffer, place.offset)
  if (got < buffer.length)
    throw new TaskFailure(
      'input-changed',
      `cannot read ${place.path}: it ends at byte ${place.offset + got}, earlier than when the job was made`,
    )
}

/** One block stays for the next piece; a reader called from inside a reader gets a block of its own. */
let spare: Buffer | null = null

export function takeBlock(): Buffer {
  const block = spare ?? Buffer.allocUnsafeSlow(blockBytes)
  spare = null
  return block
}

export function returnBlock(block: Buffer): void {
  if (block.length === blockBytes) spare = block
}
