import { closeSync, openSync, writeSync } from 'node:fs'
import { type Chance, chanceOf } from '../../tests/harness/chance.ts'

/**
 * A table like that of many flights, of any size and the same at each run: numbers, dates, names, nulls, and one row in a hundred with
 * delimiters, doubled quotes or a line end inside quotes. What its columns hold is spread alike however long it is: one block of rows is
 * written again and again, with another id and another tail in each row, since making every row anew would take longer than most jobs.
 */
const header = 'id,tail,day,carrier,origin,destination,delay,distance,note\n'
const rowsInBlock = 50_000
const firstId = 100_000_000
const firstTail = 1000
const blank = `${firstId},N${firstTail}`

const carriers = ['AA', 'AS', 'B6', 'DL', 'F9', 'HA', 'NK', 'OO', 'UA', 'WN']
const airports = Array.from({ length: 300 }, (_, index) =>
  String.fromCharCode(65 + (index % 26), 65 + ((index * 7) % 26), 65 + ((index * 11) % 26)),
)
const days = Array.from({ length: 730 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10))
const oddNotes = ['"late, again"', '"said ""hello"""', '"two\nlines"', '"de-iced, then\r\nwaited"']

/** At least `bytes` bytes of it; gives the number of rows. */
export function writeFlights(path: string, bytes: number, seed = 1): number {
  const chance = chanceOf(seed)
  const rows = Array.from({ length: rowsInBlock }, () => `${blank},${rest(chance)}\n`)
  const block = Buffer.from(rows.join(''))
  const fd = openSync(path, 'w')
  try {
    let blocks = 0
    for (let written = writeSync(fd, header); written < bytes; blocks += 1) {
      let at = 0
      for (const [index, row] of rows.entries()) {
        const idEnd = at + String(firstId).length
        writeDigits(block, idEnd, firstId + blocks * rowsInBlock + index)
        writeDigits(block, at + blank.length, firstTail + chance.between(0, 4999))
        at += row.length
      }
      written += writeSync(fd, block)
    }
    return blocks * rowsInBlock
  } finally {
    closeSync(fd)
  }
}

function rest(chance: Chance): string {
  const pick = (list: readonly string[]) => list[chance.between(0, list.length - 1)] ?? ''
  const delay = chance.between(0, 32) === 0 ? '' : `${chance.between(-30, 400)}`
  const note = chance.between(0, 99) === 0 ? pick(oddNotes) : ''
  const distance = chance.between(100, 49_999) / 10
  return [...[days, carriers, airports, airports].map(pick), delay, distance, note].join(',')
}

/** In as many places as it has digits, the last one before `end`. */
function writeDigits(bytes: Buffer, end: number, value: number): void {
  let left = value
  for (let at = end - 1; left > 0; at -= 1) {
    bytes[at] = 48 + (left % 10)
    left = Math.floor(left / 10)
  }
}
