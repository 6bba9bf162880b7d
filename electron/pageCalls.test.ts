import type { WebContents } from 'electron'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { PageCalls } from './pageCalls.ts'

type Handler = (event: never, ...args: unknown[]) => unknown

function set(frame: unknown = { url: 'app://gristmill/#/new' }) {
  const handlers = new Map<string, Handler>()
  const lines: string[] = []
  const calls = new PageCalls({
    ipc: {
      handle: (name, run) => handlers.set(name, run),
      on: (name, run) => handlers.set(name, run),
    },
    contents: () => ({ mainFrame: frame }) as WebContents,
    ownOrigin: 'app://gristmill',
    log: (line) => lines.push(line),
  })
  const call = (senderFrame: unknown, ...args: unknown[]) => handlers.get('c')?.({ senderFrame } as never, ...args)
  return { calls, call, frame, lines }
}

test('a call of our own page with the right arguments is answered', () => {
  const { calls, call, frame } = set()
  calls.answer('c', z.tuple([z.string(), z.int()]), (text, number) => `${text} ${number}`)
  expect(call(frame, 'a', 1)).toBe('a 1')
  expect(calls.refused).toBe(0)
})

test('other frames, frames that are gone and pages from elsewhere are refused', () => {
  const { calls, call, lines } = set()
  calls.answer('c', z.tuple([]), () => 'never')
  for (const frame of [null, { url: 'app://gristmill/' }]) expect(() => call(frame)).toThrow('refused')
  const elsewhere = set({ url: 'https://example.org/' })
  elsewhere.calls.answer('c', z.tuple([]), () => 'never')
  expect(() => elsewhere.call(elsewhere.frame)).toThrow('refused')
  expect([calls.refused, elsewhere.calls.refused, lines.length]).toEqual([2, 1, 2])
})

test('arguments of another form are refused and counted', () => {
  const { calls, call, frame } = set()
  calls.answer('c', z.tuple([z.string().max(3)]), () => 'never')
  for (const args of [[], ['abcd'], [1], ['a', 'b'], [null], [{ toString: 'x' }]])
    expect(() => call(frame, ...args)).toThrow('refused')
  expect(calls.refused).toBe(6)
})

test('a call without an answer is heard from our page alone, and without arguments', () => {
  const { calls, call, frame } = set()
  const heard: unknown[] = []
  calls.hear('c', (from) => heard.push(from))
  call(frame)
  call(null)
  call(frame, 'more')
  expect(heard).toEqual([frame])
  expect(calls.refused).toBe(2)
})
