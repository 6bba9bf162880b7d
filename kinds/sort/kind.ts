import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'

/**
 * Lines in order. `lines`: by their bytes, as `LC_ALL=C sort` has them. `numbers`: by their values, exactly, each kept as it is written and
 * equal ones in the order in which they stood; a line that is no decimal literal is set aside.
 */
export const artifactName = 'sorted.txt'

const smallestBucket = 1024
const largestBucket = 64 * 1024 * 1024

export const resultSchema = z.strictObject({
  /** Lines read and not set aside. */
  rows: z.int(),
  /** Lines written: fewer where repeated ones were left out. */
  written: z.int(),
})

export const kind = defineKind({
  id: 'sort',
  version: 1,
  title: 'Sort',
  summary: 'Puts the lines of text files of any size in order, by their bytes or as numbers.',
  accepts: ['text'],
  inputs: 'required',
  params: z.strictObject({
    mode: z.enum(['lines', 'numbers']).default('lines').meta({
      title: 'Mode',
      description: 'lines: by their bytes, as LC_ALL=C sort does; numbers: by value, equal ones as they came',
    }),
    order: z
      .enum(['ascending', 'descending'])
      .default('ascending')
      .meta({ title: 'Order', description: 'Which end comes first' }),
    reverse: z
      .boolean()
      .default(false)
      .meta({ title: 'Reverse', description: 'Turns the order around, as sort -r does; equal ones stay as they came' }),
    unique: z
      .boolean()
      .default(false)
      .meta({ title: 'Unique', description: 'Keeps the first of lines, or of numbers of one value, that are equal' }),
    plan: z.enum(['shuffle', 'recursive']).default('shuffle').meta({
      title: 'Plan',
      description: 'shuffle: sort what belongs together on each worker; recursive: the merge sort of textbooks, slower',
    }),
    bucketBytes: z
      .int()
      .min(smallestBucket)
      .max(largestBucket)
      .default(8 * 1024 * 1024)
      .meta({ title: 'Bucket', description: 'About how many bytes of the input are sorted at once, on each worker' }),
  }),
  result: resultSchema,
  artifacts: () => [artifactName],
  room: (_params, { bytes }) => 2.5 * bytes,
  cost: (_params, { bytes }) => ({ ms: bytes / 60_000 }),
})

export type SortParams = z.output<typeof kind.params>

export function isDescending({ order, reverse }: Pick<SortParams, 'order' | 'reverse'>): boolean {
  return (order === 'descending') !== reverse
}
