import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Channel } from './channel.ts'

let folder: string
const open: Channel[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-channel-'))
})
afterEach(async () => {
  for (const channel of open.splice(0)) await channel.close()
  rmSync(folder, { recursive: true })
})

async function openChannel(taken = { items: 0, at: 0 }) {
  const arrived: number[] = []
  const channel = await Channel.open({
    path: join(folder, 'list'),
    taken,
    onArrived: (ends) => arrived.push(...ends),
    onError: (error) => {
      throw error
    },
  })
  open.push(channel)
  return { channel, arrived }
}

const value = (text: string) => ({ text, value: text.length })

async function answers(channel: Channel, from = 0) {
  const { lines, end } = await channel.read(from, { mostBytes: 1000, patienceMs: 0 })
  return { items: lines.map((line) => (JSON.parse(line) as { item: number }).item), end }
}

test('items are on disk when they are taken, and where each one ends is told', async () => {
  const { channel, arrived } = await openChannel()
  await channel.add(['one', '', 'zwölf'])
  await channel.add([])
  await channel.add(['four'])
  expect(readFileSync(join(folder, 'list'), 'utf8')).toBe('one\n\nzwölf\nfour\n')
  expect(arrived).toEqual([4, 5, 12, 17])
  expect(channel.count).toBe(4)
})

test('answers stand in order of arrival, whichever was known first', async () => {
  const { channel } = await openChannel()
  await channel.add(['a', 'b', 'c', 'd'])
  channel.answer(2, [value('c'), value('d')])
  await channel.settle()
  expect(await answers(channel)).toEqual({ items: [], end: 0 })
  channel.answer(0, [value('a'), { text: 'b', error: 'no' }])
  await channel.settle()
  const first = await answers(channel)
  expect(first.items).toEqual([1, 2, 3, 4])
  expect(await answers(channel, first.end)).toEqual({ items: [], end: first.end })
})

test('whoever waits for answers is woken by them', async () => {
  const { channel } = await openChannel()
  await channel.add(['a'])
  const waiting = channel.read(0, { mostBytes: 1000, patienceMs: 60_000 })
  channel.answer(0, [value('a')])
  expect((await waiting).lines).toHaveLength(1)
})

test('the next host goes on after what is whole: half a line, of items or answers, was never told', async () => {
  const { channel } = await openChannel()
  await channel.add(['a', 'b', 'c'])
  channel.answer(0, [value('a'), value('b')])
  await channel.close()
  open.pop()
  appendFileSync(join(folder, 'list'), 'half')
  appendFileSync(join(folder, 'list.answers'), '{"item":3,')
  const next = await openChannel({ items: 1, at: 2 })
  expect(next.arrived).toEqual([4, 6])
  expect([next.channel.count, next.channel.answered]).toEqual([3, 2])
  await next.channel.add(['d'])
  expect(readFileSync(join(folder, 'list'), 'utf8')).toBe('a\nb\nc\nd\n')
  // What a task answered before, in part: it is told once.
  next.channel.answer(0, [value('a'), value('b'), value('c')])
  next.channel.answer(3, [value('d')])
  await next.channel.settle()
  expect((await answers(next.channel)).items).toEqual([1, 2, 3, 4])
})

test('a job that is taken up anew is told again of what no task has', async () => {
  const { channel, arrived } = await openChannel()
  await channel.add(['a', 'bb', '', 'ccc'])
  arrived.length = 0
  await channel.tellAgain({ at: 2 })
  expect(arrived).toEqual([5, 6, 10])
})

test('a line longer than what is read at once is read whole', async () => {
  const { channel } = await openChannel()
  await channel.add(['a'])
  channel.answer(0, [{ text: 'a', value: 'x'.repeat(5000) }])
  await channel.settle()
  expect((await answers(channel)).items).toEqual([1])
})
