/** How a written file may be compressed. Pure: what its name ends in, and its media type then. */
export const compressions = ['none', 'gzip', 'zstd'] as const
export type Compression = (typeof compressions)[number]

export const compressionNames: Record<Compression, { suffix: string; mediaType: string | null }> = {
  none: { suffix: '', mediaType: null },
  gzip: { suffix: '.gz', mediaType: 'application/gzip' },
  zstd: { suffix: '.zst', mediaType: 'application/zstd' },
}
