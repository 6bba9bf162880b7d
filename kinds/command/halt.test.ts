import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Failures } from './failures.ts'
import { failuresToHalt, haltOf, haltPattern } from './halt.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-halt-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test.each([
  ['soon,fail=3', 100, 3],
  ['now,fail=1', 100, 1],
  ['now,fail=20%', 100, 20],
  ['soon,fail=1%', 150, 3],
  ['soon,fail=50%', 2, 2],
  ['soon,fail=100%', 1000, 1000],
])('%s of %i items is reached by %i failures', (text, items, failures) => {
  expect(haltPattern.test(text)).toBe(true)
  const halt = haltOf(text)
  expect(halt?.when).toBe(text.startsWith('now') ? 'now' : 'soon')
  expect(halt === null ? null : failuresToHalt(halt, items)).toBe(failures)
})

test('what says nothing of when to halt is refused', () => {
  for (const text of ['', 'soon', 'soon,fail=0', 'now,fail=101%', 'later,fail=1', 'now,fail=-1', 'never,fail=1'])
    expect([text, haltPattern.test(text)]).toEqual([text, false])
  expect(haltOf('never')).toBeNull()
})

test('failures are counted over all who share a list, an item that was run twice once', () => {
  const path = join(folder, 'failed')
  const [one, other] = [0, 1].map(() => new Failures(path, haltOf('soon,fail=3'), 10))
  one?.add(4)
  one?.add(4)
  other?.add(4)
  other?.add(9)
  expect([one?.isReached, other?.isReached]).toEqual([false, false])
  one?.add(1)
  expect([one?.isReached, other?.isReached]).toEqual([true, true])
})
