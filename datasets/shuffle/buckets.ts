import type { Input } from '../../contract/dataset.ts'

/** Into how many parts records are cut: by the inputs alone, so that the answer to a job is always cut alike. Pure. */
type Sized = Pick<Input, 'bytes' | 'table'>

const mostBuckets = 4096
/** What is compressed is guessed to be so much larger. */
const growth = 8

export function bucketsFor(inputs: readonly Sized[], { bucketBytes }: { bucketBytes: number }): number {
  return bucketCount(inputs.reduce((sum, input) => sum + textBytes(input), 0) / bucketBytes)
}

export function bucketCount(wanted: number): number {
  return Math.max(1, Math.min(mostBuckets, Math.ceil(wanted)))
}

/** About how long an input is as text. */
export function textBytes({ bytes, table }: Sized): number {
  const isText = table === undefined || (table.compression === null && textFormats.has(table.format))
  return isText ? bytes : bytes * growth
}

const textFormats: ReadonlySet<string> = new Set(['csv', 'jsonl', 'json'])
