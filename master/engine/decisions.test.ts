import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Gaps } from './operations/gaps.ts'
import { chooseMerge } from './operations/mergeChoice.ts'
import type { Node } from './operations/activeOperation.ts'
import { ProgressMeter } from './progress.ts'
import { judgeFailure } from './retry.ts'
import { chooseSplit } from './split.ts'
import { TaskCost } from './taskCost.ts'

const node = (from: number, to: number): Node => ({ seq: from, from, to, answer: { value: 1 } })
const freeOf = (nodes: Node[]) => new Map(nodes.map((each) => [each.from, each]))

const judged = {
  failures: 0,
  deaths: 0,
  mayRerun: true,
  careful: false,
  half: false,
  at: null,
  leftOut: 0,
  cells: 0,
  isOneItem: false,
}

describe('what becomes of an attempt that says what was wrong', () => {
  it.each([
    ['refused-input', 0, 'fail'],
    ['input-changed', 0, 'fail'],
    ['output-exists', 0, 'fail'],
    ['bug', 0, 'fail'],
    ['transient', 0, 'retry'],
    ['transient', 3, 'retry'],
    ['transient', 4, 'fail'],
    ['disk-full', 0, 'retry'],
    ['disk-full', 4, 'retry'],
    ['disk-full', 400, 'retry'],
    ['descriptors-short', 3, 'retry'],
    ['descriptors-short', 4, 'fail'],
    ['file-too-large', 0, 'fail'],
  ] as const)('%s after %i failures: %s', (code, failures, action) => {
    expect(judgeFailure({ type: 'failed', code, message: '' }, { ...judged, failures }, 0.5).action).toBe(action)
  })

  it('waits longer each time, within a cap, and never less than half of it', () => {
    const waitOf = (failures: number, jitter: number) => {
      const verdict = judgeFailure({ type: 'failed', code: 'transient', message: '' }, { ...judged, failures }, jitter)
      return verdict.action === 'retry' ? verdict.afterMs : 0
    }
    expect([0, 1, 2, 3].map((failures) => waitOf(failures, 1))).toEqual([200, 400, 800, 1600])
    expect([0, 1, 2, 3].map((failures) => waitOf(failures, 0))).toEqual([100, 200, 400, 800])
  })
})

describe('what becomes of an attempt whose stage threw what it did not mean to', () => {
  const bug = { type: 'failed' as const, code: 'bug' as const, message: 'x is undefined' }
  const at = { input: 0, piece: 0, record: 7, offset: 70 }
  const map = { ...judged, cells: 8 }
  const fails = { action: 'fail', code: 'bug', message: 'x is undefined' }

  it.each([
    ['the first time: carefully, at once', map, { action: 'retry', afterMs: 0, careful: true }],
    ['carefully, at a record: without it', { ...map, careful: true, at }, { action: 'leaveOut', at }],
    ['with three records blamed: in halves', { ...map, careful: true, leftOut: 3, at }, { action: 'halve' }],
    [
      'one cell with three blamed: without the fourth',
      { ...map, cells: 1, careful: true, leftOut: 3, at },
      { action: 'leaveOut', at },
    ],
    ['one item: without it', { ...map, cells: 1, careful: true, isOneItem: true }, { action: 'leaveOut', at: null }],
    ['carefully, at none: given up', { ...map, careful: true }, fails],
    ['of no map: given up', judged, fails],
    ['with effects outside: given up', { ...map, mayRerun: false }, fails],
  ] as const)('%s', (_, task, verdict) => {
    expect(judgeFailure(bug, task, 0)).toMatchObject(verdict)
  })
})

describe('what becomes of an attempt that died', () => {
  const seen = { logTail: '', peakMemoryBytes: 0 }
  const crash = { type: 'crashed' as const, exitCode: null, signal: 'SIGKILL', ...seen }
  const at = { input: 0, piece: 0, record: 7, offset: 70 }
  const map = { ...judged, cells: 8 }

  it.each([
    [crash, 'crashed'],
    [{ type: 'outOfMemory', exitCode: 71, signal: null, ...seen }, 'out-of-memory'],
    [{ type: 'silent', afterMs: 5000, ...seen }, 'silent'],
    [{ type: 'noProgress', afterMs: 5000, ...seen }, 'no-progress'],
    [{ type: 'overMemory', afterMs: 0, ...seen }, 'over-memory'],
    [{ type: 'failed', code: 'out-of-memory', message: 'no room' }, 'out-of-memory'],
  ] as const)('the second attempt is careful, the third can only be given up: %o', (failure, code) => {
    expect([0, 1, 2].map((deaths) => judgeFailure(failure, { ...judged, deaths }, 0))).toMatchObject([
      { action: 'retry', careful: true },
      { action: 'retry', careful: true },
      { action: 'fail', code, message: expect.stringContaining('3 attempts') as string },
    ])
  })

  it.each([
    [
      'where it was at a record: without the record',
      { ...map, careful: true, deaths: 1, at },
      { action: 'leaveOut', at },
    ],
    ['the first time, at none: carefully', map, { action: 'retry', careful: true }],
    ['carefully, at none: in halves', { ...map, careful: true, deaths: 1 }, { action: 'halve' }],
    ['half of such a one, the first time: in halves', { ...map, half: true, cells: 2 }, { action: 'halve' }],
    ['with three records blamed: rather in halves', { ...map, careful: true, leftOut: 3, at }, { action: 'halve' }],
    [
      'one cell with three records blamed: without the fourth',
      { ...map, cells: 1, careful: true, leftOut: 3, at },
      { action: 'leaveOut', at },
    ],
    [
      'one item, the first time: it may have been an accident',
      { ...map, cells: 1, isOneItem: true, half: true },
      { action: 'retry', careful: true },
    ],
    [
      'one item, the second time: without the item',
      { ...map, cells: 1, isOneItem: true, deaths: 1 },
      { action: 'leaveOut', at: null },
    ],
    ['one cell of many records: given up', { ...map, cells: 1, deaths: 2, half: true }, { action: 'fail' }],
  ] as const)('%s', (_, task, verdict) => {
    expect(judgeFailure(crash, task, 0)).toMatchObject(verdict)
  })

  it('with effects outside is not run again, wherever it was', () => {
    for (const task of [
      { ...judged, mayRerun: false },
      { ...map, mayRerun: false, careful: true, at },
    ])
      expect(judgeFailure(crash, task, 0)).toMatchObject({ action: 'fail', code: 'outcome-unknown' })
  })
})

describe('the size of a split', () => {
  const input = (bytes: number, cellBytes = 65_536) => ({
    path: '/x',
    name: 'x',
    bytes,
    format: 'text' as const,
    cellBytes,
    spooled: false,
    fingerprint: { bytes, modifiedAt: 0, inode: '1', headTail: '' },
  })
  const wish = { cellsPerTask: null, split: null, estimatedMs: 10_000 }
  const moment = { workers: 2, msPerCell: null, from: 0 }

  it('a small job is one task', () => {
    const source = { type: 'bytes' as const, cells: 10 }
    expect(
      chooseSplit({ ...wish, source, inputs: [input(655_360)], estimatedMs: 100 }, { ...moment, cellsLeft: 10 }),
    ).toBe(10)
  })

  it('what a person asks for is rounded up to whole cells', () => {
    const source = { type: 'bytes' as const, cells: 10 }
    expect(
      chooseSplit({ ...wish, source, inputs: [input(655_360)], split: 70_000 }, { ...moment, cellsLeft: 10 }),
    ).toBe(2)
    const items = { type: 'items' as const, cells: 10, items: 100, perCell: 10 }
    expect(chooseSplit({ ...wish, source: items, inputs: [], split: 11 }, { ...moment, cellsLeft: 10 })).toBe(2)
  })

  it('a long scan takes about 8 MiB per task', () => {
    const source = { type: 'bytes' as const, cells: 1024 }
    expect(chooseSplit({ ...wish, source, inputs: [input(2 ** 30, 2 ** 20)] }, { ...moment, cellsLeft: 1024 })).toBe(8)
  })

  it('splits shrink as work runs out, down to one cell', () => {
    const source = { type: 'items' as const, cells: 4096, items: 4096, perCell: 1 }
    const sizes: number[] = []
    for (let left = 4096; left > 0; left -= sizes.at(-1) ?? 0) {
      sizes.push(chooseSplit({ ...wish, source, inputs: [] }, { ...moment, msPerCell: 0.1, cellsLeft: left }))
    }
    expect(sizes).toEqual(sizes.toSorted((one, other) => other - one))
    expect(sizes.at(-1)).toBe(1)
    expect(sizes.length).toBeGreaterThanOrEqual(8)
  })

  it('a short last cell of one file does not swell the split into the next file', () => {
    const inputs = [input(10), input(2 ** 30, 2 ** 20)]
    const cells = chooseSplit(
      { ...wish, source: { type: 'bytes', cells: 1025 }, inputs },
      { ...moment, cellsLeft: 1025 },
    )
    expect(cells).toBeLessThanOrEqual(9)
  })
})

describe('the cells that no task covers yet', () => {
  it('every cell is taken once, whatever was covered before', () => {
    const range = fc.tuple(fc.nat(50), fc.nat(10)).map(([from, length]) => ({ from, to: from + length }))
    fc.assert(
      fc.property(fc.array(range, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (covered, size) => {
        const gaps = new Gaps(50)
        for (const { from, to } of covered) gaps.cover(from, to)
        const seen = new Set<number>()
        for (let taken = gaps.take(size); taken !== undefined; taken = gaps.take(size)) {
          expect(taken.to - taken.from).toBeLessThanOrEqual(size)
          for (let cell = taken.from; cell < taken.to; cell++) {
            expect(seen.has(cell)).toBe(false)
            seen.add(cell)
          }
        }
        const free = Array.from({ length: 50 }, (_, cell) => cell).filter(
          (cell) => !covered.some(({ from, to }) => cell >= from && cell < to),
        )
        expect([...seen].toSorted((one, other) => one - other)).toEqual(free)
      }),
    )
  })
})

describe('which nodes are merged next', () => {
  const running = { complete: false, cells: 200, widest: 0, outstanding: 0 }
  const complete = { complete: true, cells: 9, widest: 4, outstanding: 0 }
  const narrow = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => node(from + index, from + index + 1))

  it('nothing while neighbours are missing', () => {
    expect(chooseMerge(freeOf([node(0, 1), node(2, 3), node(4, 5)]), running)).toBeNull()
  })

  it('the first two neighbours, so that there is an answer soon', () => {
    expect(chooseMerge(freeOf(narrow(0, 2)), running)?.length).toBe(2)
  })

  it('few nodes only when they widen the answer by half', () => {
    expect(chooseMerge(freeOf(narrow(20, 3)), { ...running, widest: 4 })).toBeNull()
    expect(chooseMerge(freeOf(narrow(20, 6)), { ...running, widest: 4 })?.length).toBe(6)
    expect(chooseMerge(freeOf(narrow(20, 8)), { ...running, widest: 100 })?.length).toBe(8)
  })

  it('a wide node is not read again for a few narrow ones, which are folded beside it', () => {
    const wide = node(0, 100)
    expect(chooseMerge(freeOf([wide, ...narrow(100, 3)]), { ...running, widest: 100 })).toBeNull()
    expect(chooseMerge(freeOf([wide, ...narrow(100, 9)]), { ...running, widest: 100 })?.[0]?.from).toBe(100)
    expect(chooseMerge(freeOf([wide, node(100, 150)]), { ...running, widest: 100 })?.length).toBe(2)
  })

  it('once the map is complete whatever is left goes, also a single node', () => {
    expect(chooseMerge(freeOf([node(0, 9)]), complete)?.length).toBe(1)
    expect(chooseMerge(freeOf([node(0, 8), node(8, 9)]), complete)?.length).toBe(2)
    expect(chooseMerge(freeOf([node(4, 9)]), complete)).toBeNull()
  })

  it('a wide node waits for merges under way before it is read for the last time', () => {
    expect(chooseMerge(freeOf([node(0, 6), node(6, 7)]), { ...complete, outstanding: 1 })).toBeNull()
    expect(chooseMerge(freeOf([node(0, 6), node(6, 7)]), complete)?.length).toBe(2)
  })
})

describe('progress', () => {
  const standing = { stage: 'count', bytesDone: 0, bytesTotal: 100, waitingFor: null }

  it('never runs backwards', () => {
    const meter = new ProgressMeter()
    const read = (now: number, fraction: number) => meter.read(now, true, { ...standing, fraction }).fraction
    expect([read(0, 0.1), read(1000, 0.5), read(2000, 0.3), read(3000, 0.6)]).toEqual([0.1, 0.5, 0.5, 0.6])
  })

  it('tells a range that holds the truth for steady work, and narrows', () => {
    const meter = new ProgressMeter()
    const widths: number[] = []
    for (let at = 0; at <= 9000; at += 1000) {
      const { remainingMs } = meter.read(at, true, { ...standing, fraction: at / 10_000 })
      if (remainingMs === null) continue
      expect(remainingMs.low).toBeLessThanOrEqual(10_000 - at)
      expect(remainingMs.high).toBeGreaterThanOrEqual(10_000 - at)
      widths.push(remainingMs.high - remainingMs.low)
    }
    expect(widths.length).toBeGreaterThan(5)
    expect(widths).toEqual(widths.toSorted((one, other) => other - one))
  })

  it('says nothing of an unknown whole', () => {
    expect(new ProgressMeter().read(0, true, { ...standing, fraction: null })).toMatchObject({
      fraction: null,
      remainingMs: null,
    })
  })
})

describe('how many tasks travel together', () => {
  it('one until something is known, many of the short, one of the long', () => {
    const cost = new TaskCost()
    expect(cost.batchSize).toBe(1)
    cost.learn(0, 1)
    expect(cost.batchSize).toBe(256)
    const long = new TaskCost()
    long.learn(50, 1)
    expect([long.batchSize, long.credit]).toEqual([1, 2])
  })
})
