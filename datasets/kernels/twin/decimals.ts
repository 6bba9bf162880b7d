import { DecimalKeys } from '../decimalKey.ts'
import { type DecimalAnswer, type DecimalRequest, wordsPerPlace } from '../recordRequests.ts'
import { keyOf, recordOf } from './places.ts'

/** Lengths of one byte only. */
const mostBytes = 40
const roomBytes = 128

/** By the reader of all decimals. */
export function keyDecimals({ lines, from, isDescending, output, capacity, places }: DecimalRequest): DecimalAnswer {
  const keys = new DecimalKeys(isDescending)
  const answer: DecimalAnswer = { reached: from, bytes: 0 }
  for (; answer.reached < lines.count && answer.bytes + roomBytes <= capacity; answer.reached++) {
    const line = keyOf(lines, answer.reached)
    if (line.length > mostBytes || keys.read(line, 0, line.length) !== null) break
    const { bytes: start } = answer
    output.bytes.set([keys.length, line.length + 1, ...keys.bytes.subarray(0, keys.length)], start)
    const keyEnd = start + 2 + keys.length
    output.bytes.set(recordOf(lines, answer.reached), keyEnd)
    answer.bytes = keyEnd + line.length + 1
    places.words.set([start, start + 2, keyEnd, answer.bytes], (answer.reached - from) * wordsPerPlace)
  }
  return answer
}
