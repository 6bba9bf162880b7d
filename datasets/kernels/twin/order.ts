import type { GatheredAnswer, GatherRequest, SortRequest } from '../recordRequests.ts'
import { keyOf, recordOf } from './places.ts'

/** By the engine's own stable sort. */
export function sortRecords({ records, order }: SortRequest): void {
  const numbers = Array.from({ length: records.count }, (_, record) => record)
  order.words.set(numbers.sort((one, other) => Buffer.compare(keyOf(records, one), keyOf(records, other))))
}

export function gatherRecords(request: GatherRequest): GatheredAnswer {
  const { records, order, from, to, fromKeyEnd, output, capacity } = request
  const answer: GatheredAnswer = { records: 0, bytes: 0 }
  for (const record of order.words.subarray(from, to)) {
    const bytes = recordOf(records, record, fromKeyEnd)
    if (bytes.length > capacity - answer.bytes) break
    output.bytes.set(bytes, answer.bytes)
    answer.records += 1
    answer.bytes += bytes.length
  }
  return answer
}
