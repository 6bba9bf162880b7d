import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { type IntervalOperation, resultSchema } from './kind.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const longMs = 120_000
const intervals = { plan, run }

async function combine(text: string, params: Record<string, Json> = {}, more: Record<string, number> = {}) {
  const done = await runPlan({ kind: intervals, files: [text], params, ...more })
  const [artifact] = done.artifacts.values()
  return {
    ...done,
    result: resultSchema.parse(done.result),
    text: String(artifact),
    name: [...done.artifacts.keys()][0],
  }
}

const bed = (rows: readonly (readonly (string | number)[])[]) => rows.map((row) => `${row.join('\t')}\n`).join('')

interface Interval {
  key: string
  start: number
  end: number
}

/** One position after the other, as slow as it is plain: how many intervals hold it. */
function oracle(all: readonly Interval[], operation: IntervalOperation): string {
  const keys = [...new Set(all.map(({ key }) => key))].toSorted((one, other) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  )
  return bed(
    keys.flatMap((key) => {
      const own = all.filter((each) => each.key === key)
      const merged = mergedOf(own)
      if (operation === 'merge') return merged.map(({ start, end }) => [key, start, end])
      if (operation === 'gaps') return merged.slice(1).map(({ start }, before) => [key, merged[before]!.end, start])
      const least = operation === 'coverage' ? 1 : 2
      return runsOf(own)
        .filter(({ depth }) => depth >= least)
        .map(({ start, end, depth }) => [key, start, end, depth])
    }),
  )
}

function mergedOf(own: readonly Interval[]): Interval[] {
  const merged: Interval[] = []
  for (const each of own.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    const last = merged.at(-1)
    if (last !== undefined && each.start <= last.end) last.end = Math.max(last.end, each.end)
    else merged.push({ ...each })
  }
  return merged
}

function runsOf(own: readonly Interval[]): { start: number; end: number; depth: number }[] {
  const runs: { start: number; end: number; depth: number }[] = []
  const last = Math.max(...own.map(({ end }) => end))
  for (let at = Math.min(...own.map(({ start }) => start)); at < last; at++) {
    const depth = own.filter(({ start, end }) => start <= at && at < end).length
    const run = runs.at(-1)
    if (run?.depth === depth) run.end = at + 1
    else runs.push({ start: at, end: at + 1, depth })
  }
  return runs
}

const operations = ['merge', 'coverage', 'gaps', 'overlaps'] as const

describe('any intervals, cut and divided anywhere, in any order', () => {
  const some = fc.array(
    fc
      .record({ key: fc.constantFrom('chr1', 'chr10', 'chr2', 'x', 'é'), start: fc.nat(60), length: fc.nat(12) })
      .map(({ key, start, length }) => ({ key, start, end: start + length })),
    { minLength: 1, maxLength: 120 },
  )
  const cut = fc.record({
    bucketBytes: fc.constantFrom(1024, 1_000_000),
    cellBytes: fc.integer({ min: 8, max: 300 }),
    mostCells: fc.integer({ min: 1, max: 9 }),
    seed: fc.nat(),
  })

  test.each(operations)('%s is what one position after the other tells', { timeout: longMs }, async (operation) => {
    await fc.assert(
      fc.asyncProperty(some, cut, async (all, { bucketBytes, ...how }) => {
        const text = bed(all.map(({ key, start, end }) => [key, start, end]))
        const { text: found, result } = await combine(text, { operation, format: 'bed', bucketBytes }, how)
        expect(found).toBe(oracle(all, operation))
        expect(result).toMatchObject({ intervals: all.length, keys: new Set(all.map(({ key }) => key)).size })
        expect(result.regions).toBe(found.split('\n').length - 1)
      }),
      { numRuns: 60 },
    )
  })
})
