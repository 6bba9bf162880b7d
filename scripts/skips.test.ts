import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judgeSkips, type AllowedSkip } from './skips.ts'
import { root } from './steps.ts'

describe('skipped tests', () => {
  it('one that is not on the list is a fault', () => {
    expect(judgeSkips(['the mill > rests'], []).faults).toEqual(['skipped without a reason: the mill > rests'])
  })

  it('one that is on the list with a reason is none', () => {
    expect(judgeSkips(['rests'], [{ test: 'rests', reason: 'needs two machines' }])).toEqual({ faults: [], notes: [] })
  })

  it('an entry without a reason is a fault', () => {
    expect(judgeSkips(['rests'], [{ test: 'rests', reason: ' ' }]).faults).toHaveLength(1)
  })

  it('an entry that nothing needed is told', () => {
    const verdict = judgeSkips([], [{ test: 'rests', reason: 'needs two machines' }])
    expect(verdict).toEqual({ faults: [], notes: ['tests/skips.json names a test that was not skipped: rests'] })
  })

  it('an eleventh entry is a fault', () => {
    const entries = Array.from({ length: 11 }, (_, i) => ({ test: `t${i}`, reason: 'r' }))
    expect(
      judgeSkips(
        entries.map((entry) => entry.test),
        entries,
      ).faults,
    ).toHaveLength(1)
  })

  it('the checked-in list is sound', () => {
    const list = JSON.parse(readFileSync(join(root, 'tests/skips.json'), 'utf8')) as AllowedSkip[]
    expect(
      judgeSkips(
        list.map((entry) => entry.test),
        list,
      ).faults,
    ).toEqual([])
  })
})
