import type { Input } from '../../contract/dataset.ts'

/** Into how many parts rows go by their folders: by the inputs alone, so that a job is always cut alike. Pure. */
const bucketBytes = 16 * 1024 * 1024
const mostBuckets = 1024
/** Folders may be few: with more buckets than bytes ask for, fewer of them meet in one. */
const bucketsOfMany = 32

export function bucketsFor(inputs: readonly Pick<Input, 'bytes'>[]): number {
  const bytes = inputs.reduce((sum, input) => sum + input.bytes, 0)
  if (bytes < bucketBytes / 2) return 1
  return Math.min(mostBuckets, Math.max(bucketsOfMany, Math.ceil(bytes / bucketBytes)))
}
