import type { Input } from '../../contract/dataset.ts'
import { cellsOfInput } from '../bytes/grid.ts'

/** How a written file may be compressed, and cut into blocks. Pure. */
export const compressions = ['none', 'gzip', 'zstd'] as const
export type Compression = (typeof compressions)[number]

/** What a file's name ends in, and its media type then. */
export const compressionNames: Record<Compression, { suffix: string; mediaType: string | null }> = {
  none: { suffix: '', mediaType: null },
  gzip: { suffix: '.gz', mediaType: 'application/gzip' },
  zstd: { suffix: '.zst', mediaType: 'application/zstd' },
}

/** About so much of the input is compressed or encoded by one task: always the same, so that the blocks and row groups are. */
const taskBytes = 8 * 1024 * 1024

export function cellsOfBlocks(inputs: readonly Input[]): number {
  const bytes = inputs.reduce((sum, input) => sum + input.bytes, 0)
  const cells = inputs.reduce((sum, input) => sum + cellsOfInput(input), 0)
  return Math.max(1, Math.floor((taskBytes * cells) / Math.max(1, bytes)))
}
