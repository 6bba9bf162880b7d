import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../contract/json.ts'
import { type PlanRun, runPlan } from '../tests/harness/runPlan.ts'
import { plan as aggregatePlan } from './aggregate/plan.ts'
import { run as aggregateRun } from './aggregate/run.ts'
import { plan as convertPlan } from './convert/plan.ts'
import { run as convertRun } from './convert/run.ts'
import { plan as dedupePlan } from './dedupe/plan.ts'
import { run as dedupeRun } from './dedupe/run.ts'
import { plan as filterPlan } from './filter/plan.ts'
import { run as filterRun } from './filter/run.ts'
import { plan as profilePlan } from './profile/plan.ts'
import { run as profileRun } from './profile/run.ts'
import { plan as sortPlan } from './sort/plan.ts'
import { run as sortRun } from './sort/run.ts'

/** Every kind over tables, on every form of input: result, artifacts and rejects are those of one task that reads everything. */
interface Asked {
  title: string
  kind: Parameters<typeof runPlan>[0]['kind']
  params: Record<string, Json>
}

const sort = { plan: sortPlan, run: sortRun }
const convert = { plan: convertPlan, run: convertRun }
const asked: Asked[] = [
  { title: 'profile', kind: { plan: profilePlan, run: profileRun }, params: {} },
  {
    title: 'aggregate',
    kind: { plan: aggregatePlan, run: aggregateRun },
    params: { by: ['a'], measures: ['count', 'countDistinct(b)', 'first(b)', 'last(b)'], memoryBytes: 1024 },
  },
  {
    title: 'filter',
    kind: { plan: filterPlan, run: filterRun },
    params: { where: 'isNull(b) or length(text(b)) < 3', columns: ['both = concat(text(a), text(b))', 'a'] },
  },
  { title: 'convert to JSON lines', kind: convert, params: { to: 'jsonl' } },
  { title: 'convert to Parquet', kind: convert, params: { to: 'parquet' } },
  { title: 'convert to SQLite', kind: convert, params: { to: 'sqlite' } },
  { title: 'sort', kind: sort, params: { mode: 'table', by: ['b', 'a:desc'], bucketBytes: 1024 } },
  {
    title: 'sort, as a tree',
    kind: sort,
    params: { mode: 'table', by: ['b:desc'], bucketBytes: 1024, plan: 'recursive' },
  },
  { title: 'dedupe', kind: { plan: dedupePlan, run: dedupeRun }, params: { by: ['b'], bucketBytes: 1024 } },
]

const csv = { header: true, delimiter: ',', quote: '"' }
const nasty = 'a,b\n1,"x\n"\r\n"",2\r3\n,\n"6'

interface Cuts {
  cellBytes: number
  seed: number
  mostCells: number
}

async function outcomeOf(
  { kind, params }: Asked,
  files: (string | Uint8Array)[],
  more: Record<string, Json>,
  cuts?: Cuts,
) {
  const { result, artifacts, rejects }: PlanRun = await runPlan({
    kind,
    files,
    params: { ...params, ...more },
    ...cuts,
  })
  const places = rejects.map(({ input, row, offset, reason, raw }) => ({ input, row, offset, reason, raw }))
  return { result, artifacts, rejects: places.toSorted((one, other) => one.input - other.input || one.row - other.row) }
}

describe.each(asked)('$title', { timeout: 60_000 }, (one) => {
  test('comes to the same at every size of cells, each of them a task', async () => {
    const serial = await outcomeOf(one, [nasty], csv)
    expect(serial.rejects).toHaveLength(2)
    for (let cellBytes = 1; cellBytes < nasty.length; cellBytes++)
      expect(await outcomeOf(one, [nasty], csv, { cellBytes, seed: cellBytes, mostCells: 1 })).toEqual(serial)
  })

  const rows = fc.array(
    fc.record({ a: fc.nat(30), b: fc.constantFrom(null, '', 'x', 'over\ntwo', 'say "x"', '2', 'ünd') }),
    { minLength: 1, maxLength: 30 },
  )
  const cuts = fc.record({
    cellBytes: fc.integer({ min: 8, max: 200 }),
    seed: fc.nat(),
    mostCells: fc.integer({ min: 1, max: 6 }),
  })
  const forms = ['JSON lines', 'an array', 'gzip', 'zstd', 'tabs', 'several files'] as const

  test.each(forms)('comes to the same on %s, cut anywhere', async (form) => {
    await fc.assert(
      fc.asyncProperty(rows, cuts, async (some, cut) => {
        const files = filesOf(form, some)
        const params = form === 'JSON lines' || form === 'an array' || form === 'several files' ? {} : { header: true }
        expect(await outcomeOf(one, files, params, cut)).toEqual(await outcomeOf(one, files, params))
      }),
      { numRuns: 3 },
    )
  })
})

function filesOf(form: string, rows: { a: number; b: string | null }[]): (string | Uint8Array)[] {
  const field = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`)
  const table = (delimiter: string) =>
    `a${delimiter}b\n${rows.map(({ a, b }) => `${a}${delimiter}${field(b)}\n`).join('')}`
  const objects = rows.map((row) => JSON.stringify(row))
  const lines = `{"a":0,"b":"first"}\n${objects.join('\n')}\n`
  const halves = Buffer.from(table(','))
  const parts = [halves.subarray(0, halves.length >> 1), halves.subarray(halves.length >> 1)]
  switch (form) {
    case 'JSON lines':
      return [lines]
    case 'an array':
      return [`[{"a":0,"b":"first"},\n${objects.join(' , ')}]`]
    case 'gzip':
      return [Buffer.concat(parts.map((part) => gzipSync(part)))]
    case 'zstd':
      return [Buffer.concat(parts.map((part) => zstdCompressSync(part)))]
    case 'tabs':
      return [table('\t')]
    default:
      return [`a,b\n0,"first"\n${table(',').slice(4)}`, lines, zstdCompressSync(table(';'))]
  }
}
