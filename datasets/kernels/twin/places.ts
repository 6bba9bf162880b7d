import { lineFeed } from '../requests.ts'
import {
  type PlacedAnswer,
  type PlacedRecords,
  placeBytes,
  type PlaceRequest,
  placeWords,
  wordsPerPlace,
} from '../recordRequests.ts'

/** Where records lie, one after the other. */
export function placeRecords(request: PlaceRequest): PlacedAnswer {
  return request.isKeyed ? placeKeyed(request) : placeLines(request)
}

function placeLines({ bytes, from, to, places, count, capacity }: PlaceRequest): PlacedAnswer {
  const answer: PlacedAnswer = { count, reached: from }
  while (answer.count < capacity) {
    const feed = bytes.bytes.indexOf(lineFeed, answer.reached)
    if (feed < 0 || feed >= to) break
    const start = answer.reached
    places.words.set([start, start, feed, feed + 1], answer.count++ * wordsPerPlace)
    answer.reached = feed + 1
  }
  return answer
}

function placeKeyed({ bytes, from, to, places, count, capacity }: PlaceRequest): PlacedAnswer {
  const answer: PlacedAnswer = { count, reached: from }
  while (answer.reached < to && answer.count < capacity) {
    const key = readVarint(bytes.bytes, answer.reached)
    const text = readVarint(bytes.bytes, key.behind)
    const keyEnd = text.behind + key.value
    const end = keyEnd + text.value
    places.words.set([answer.reached, text.behind, keyEnd, end], answer.count++ * wordsPerPlace)
    answer.reached = end
  }
  return answer
}

function readVarint(bytes: Uint8Array, from: number): { value: number; behind: number } {
  let value = 0
  for (let at = from, weight = 1; ; at++, weight *= 128) {
    value += (bytes[at]! & 127) * weight
    if (bytes[at]! < 128) return { value, behind: at + 1 }
  }
}

/** The bytes of a record's key. */
export function keyOf({ bytes, places }: Pick<PlacedRecords, 'bytes' | 'places'>, record: number): Uint8Array {
  const place = record * wordsPerPlace
  return bytes.bytes.subarray(places.words[place + placeWords.keyStart], places.words[place + placeWords.keyEnd])
}

/** A record's bytes, or those behind its key. */
export function recordOf(
  { bytes, places }: Pick<PlacedRecords, 'bytes' | 'places'>,
  record: number,
  fromKeyEnd = false,
): Uint8Array {
  const words = places.words.subarray(record * wordsPerPlace, record * wordsPerPlace + placeBytes / 4)
  return bytes.bytes.subarray(words[fromKeyEnd ? placeWords.keyEnd : placeWords.start], words[placeWords.end])
}
