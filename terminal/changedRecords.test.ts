import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { csvLine } from '../master/host/csvLine.ts'
import { changedRecords } from './changedRecords.ts'
import { Refusal } from './exitCodes.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-changed-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const header = csvLine(['source', 'row', 'offset', 'reason', 'raw'])
const line = (offset: number, raw: string) => csvLine(['/in.txt', null, offset, 'no number', raw])

/** A ledger in which the record at each offset was `bad OFFSET`; it says how many places it was asked for at once. */
function ledger() {
  const asked: number[] = []
  const read = {
    rejectedAt: (_job: number, places: readonly { source: string; offset: number }[]) => {
      asked.push(places.length)
      return Promise.resolve(places.map(({ offset }) => (offset < 1_000_000 ? `bad ${offset}` : null)))
    },
  }
  return { asked, read, job: 1 }
}

test('of a long file only what was changed is kept, and what is known nowhere', async () => {
  const file = join(folder, 'rejects.csv')
  const stream = createWriteStream(file)
  stream.write(header)
  for (let offset = 0; offset < 25_000; offset += 1)
    stream.write(line(offset, offset % 10_000 === 7 ? String(offset) : `bad ${offset}`))
  stream.end(line(2_000_000, 'of nothing'))
  await once(stream, 'finish')
  const { asked, ...from } = ledger()
  expect(await changedRecords(from, file)).toEqual([
    { source: '/in.txt', offset: 7, raw: '7' },
    { source: '/in.txt', offset: 10_007, raw: '10007' },
    { source: '/in.txt', offset: 20_007, raw: '20007' },
    { source: '/in.txt', offset: 2_000_000, raw: 'of nothing' },
  ])
  expect(Math.max(...asked)).toBe(1000)
})

test('more than one message holds is refused, with what to do', async () => {
  const file = join(folder, 'rejects.csv')
  const long = 'x'.repeat(100_000)
  writeFileSync(file, header + Array.from({ length: 90 }, (_, offset) => line(offset, long)).join(''))
  const refused = changedRecords(ledger(), file)
  await expect(refused).rejects.toThrow(Refusal)
  await expect(refused).rejects.toThrow('mend a part, then run the new job again with the rest')
})

test('a file that is not there is told in one line', async () => {
  await expect(changedRecords(ledger(), join(folder, 'none.csv'))).rejects.toThrow(/^cannot read \S+none\.csv: ENOENT/)
})
