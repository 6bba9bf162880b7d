import { expect, test } from 'vitest'
import type { JobSummary, Progress } from '../contract/job.ts'
import { briefOf } from '../contract/jobBrief.ts'
import { sampleJob } from './fixtures/sampleJob.ts'
import { makeProgressDisplay } from './progressDisplay.ts'
import { bar, barLine, percent, plainLine } from './progressText.ts'
import { widthOf } from './table.ts'

function summary(progress: Partial<Progress> = {}): JobSummary {
  const usual: Progress = {
    stage: 'count',
    fraction: 0.456,
    bytesDone: 1024 ** 3,
    bytesTotal: 2 * 1024 ** 3,
    bytesPerSecond: 310 * 1024 ** 2,
    remainingMs: { low: 4000, high: 6000 },
    waitingFor: null,
  }
  return { job: briefOf(sampleJob()), progress: { ...usual, ...progress }, version: 1 }
}

function makeScreen(isTTY: boolean) {
  const written: string[] = []
  const stream = { isTTY, columns: 80, write: (text: string) => written.push(text) > 0 }
  return { written, stream }
}

test('the bar fills by eighths of a column, and 100% is said of the whole only', () => {
  expect(bar(0, 4)).toBe('▕    ▏')
  expect(bar(0.5, 4)).toBe('▕██  ▏')
  expect(bar(0.54, 4)).toBe('▕██▏ ▏')
  expect(bar(7, 4)).toBe('▕████▏')
  expect([percent(0.9999), percent(1)]).toEqual(['99%', '100%'])
})

test('a plain line tells share, stage, bytes, rate, tasks and the range of remaining time', () => {
  expect(plainLine(summary())).toBe(
    'word-count poem: 45%, count, 1.0 GiB of 2.0 GiB, 310 MiB/s, 1/4 tasks, 4 to 6 s left',
  )
})

test('a total that is not known is not made up', () => {
  const line = plainLine(summary({ fraction: null, bytesTotal: null, remainingMs: null }))
  expect(line).toBe('word-count poem: count, 1.0 GiB, 310 MiB/s, 1/4 tasks')
})

test.each([1, 10, 35, 40, 60, 79, 80, 200])('on %i columns the bar never reaches the last one', (columns) => {
  expect(widthOf(barLine(summary(), columns))).toBeLessThan(Math.max(1, columns))
})

test('on a terminal the bar redraws at 10 Hz and leaves nothing behind', () => {
  const { written, stream } = makeScreen(true)
  let now = 0
  const display = makeProgressDisplay(stream, { quiet: false, now: () => now })
  for (; now < 250; now += 25) display.show(summary({ fraction: now / 1000 }))
  expect(written).toHaveLength(3)
  display.end()
  expect(written.at(-1)).toBe('\r\u001B[2K')
})

test('in a pipe there is a whole line every three seconds at most, and none for what is over at once', () => {
  const { written, stream } = makeScreen(false)
  let now = 0
  const display = makeProgressDisplay(stream, { quiet: false, now: () => now })
  for (; now < 7000; now += 100) display.show(summary({ fraction: now / 10_000 }))
  display.end()
  expect(written).toHaveLength(2)
  expect(written.every((line) => line.endsWith(' left\n'))).toBe(true)
})

test('quiet shows notes only', () => {
  const { written, stream } = makeScreen(true)
  const display = makeProgressDisplay(stream, { quiet: true })
  display.show(summary())
  display.note('cancelling')
  display.end()
  expect(written).toEqual(['cancelling\n'])
})
