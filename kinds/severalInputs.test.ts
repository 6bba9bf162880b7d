import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { plan as filterPlan } from './filter/plan.ts'
import { run as filterRun } from './filter/run.ts'
import { plan as profilePlan } from './profile/plan.ts'
import { run as profileRun } from './profile/run.ts'
import { resultSchema as profileResult } from './profile/kind.ts'
import { plan as sortPlan } from './sort/plan.ts'
import { run as sortRun } from './sort/run.ts'
import { runPlan } from '../tests/harness/runPlan.ts'

const filter = { plan: filterPlan, run: filterRun }

async function written(files: (string | Uint8Array)[], params = {}): Promise<string> {
  const { artifacts } = await runPlan({ kind: filter, files, params: { header: true, ...params } })
  return String(artifacts.get('filtered.csv'))
}

describe('several inputs as one table', () => {
  test('have the columns of all, by name, and nothing where one has none', async () => {
    expect(await written(['a,b\n1,x\n', 'c,a\n2024-01-01,2.5\n', 'b\n"y,z"\n'])).toBe(
      'a,b,c\n1,x,\n2.5,,2024-01-01\n,"y,z",\n',
    )
  })

  test('of several formats and dialects are one too', async () => {
    const files = ['a;b\n1;x\n2;y\n', '{"b":"z","c":{"d":3}}\n', zstdCompressSync('b\ta\nw\t4\n')]
    expect(await written(files)).toBe('a,b,c.d\n1,x,\n2,y,\n,z,3\n4,w,\n')
  })

  test('a guessed type becomes one that holds the values of all', async () => {
    const files = ['n,t\n1,2024-01-01\n', 'n,t\n1.5,2024-01-02 10:00\n', 'n,t\n3,\n']
    expect(await written(files, { where: 'n > 1' })).toBe('n,t\n1.5,2024-01-02 10:00\n3,\n')
    await expect(written([...files, 'n,t\nnone,x\n'], { where: 'n > 1' })).rejects.toThrow('text')
  })

  test('an expression may name a column that only one of them has', async () => {
    expect(await written(['a\n1\n', 'b\n7\n'], { where: 'b == 7 or isNull(b)', columns: ['b', 'a'] })).toBe(
      'b,a\n,1\n7,\n',
    )
  })

  test('a column tells which file a row is from', async () => {
    const text = await written(['a\n1\n', 'b,a\n"q",2\n'], {
      fileColumn: 'from',
      columns: ['a', 'end = substring(from, length(from) - 5)', 'b'],
    })
    expect(text).toBe('a,end,b\n1,input0,\n2,input1,q\n')
  })

  test('of one name are told apart by their way below the folder that they share', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gristmill-several-'))
    try {
      const paths = ['2024/s.csv', '2025/s.csv'].map((way) => join(folder, way))
      for (const [at, path] of paths.entries()) {
        mkdirSync(dirname(path))
        writeFileSync(path, `a\n${at}\n`)
      }
      const params = { header: true, fileColumn: 'from' }
      const { artifacts } = await runPlan({ kind: filter, paths, params })
      expect(String(artifacts.get('filtered.csv'))).toBe('a,from\n0,2024/s.csv\n1,2025/s.csv\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('no column is called as another', async () => {
    await expect(written(['a\n1\n'], { fileColumn: 'a' })).rejects.toThrow('fileColumn is a')
  })

  test('one that has no decimals follows how another writes them', async () => {
    expect(await written(['n\n7\n', 'n\n1,5\n2,75\n'], { delimiter: ';', where: 'n < 2' })).toBe('n\n"1,5"\n')
  })

  test('numbers that are none of text have a point, whatever others write', async () => {
    const whole = Array.from({ length: 1100 }, () => '{"n":7}').join('\n')
    const files = ['n\n"1,5"\n"2,75"\n', `${whole}\n{"n":1.234}\n`]
    const params = { where: 'n < 2' }
    expect(await written(files, params)).toBe('n\n"1,5"\n1.234\n')
    expect(await written(files.toReversed(), params)).toBe('n\n1.234\n"1,5"\n')
    expect(await written([files[1]!], { ...params, decimal: ',' })).toBe('n\n1.234\n')
  })

  test('are profiled and sorted as one', async () => {
    const files = ['a,b\n3,x\n1,y\n', 'c,a\nu,2\n']
    const kind = { plan: profilePlan, run: profileRun }
    const { columns } = profileResult.parse((await runPlan({ kind, files, params: { header: true } })).result)
    expect(columns.map(({ name, nulls, rows }) => [name, nulls, rows])).toEqual([
      ['a', 0, 3],
      ['b', 1, 3],
      ['c', 2, 3],
    ])
    const sort = { plan: sortPlan, run: sortRun }
    const sorted = await runPlan({ kind: sort, files, params: { mode: 'table', by: ['a'], header: true } })
    expect(String(sorted.artifacts.get('sorted.csv'))).toBe('a,b,c\n1,y,\n2,,u\n3,x,\n')
  })

  test('give the same rows as files that were united by hand, wherever they are cut', async () => {
    const names = ['a', 'b', 'c', 'd']
    const file = fc
      .tuple(
        fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
        fc.array(fc.nat(99), { minLength: 1, maxLength: 40 }),
      )
      .map(([columns, numbers]) => ({
        columns,
        rows: numbers.map((number) => columns.map((name) => `${name}${number}`)),
      }))
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), fc.nat(), async (files, seed) => {
        const texts = files.map(({ columns, rows }) => `${[columns, ...rows].map((row) => row.join(',')).join('\n')}\n`)
        const all = [...new Set(files.flatMap(({ columns }) => columns))]
        const byHand = files.flatMap(({ columns, rows }) =>
          rows.map((row) => all.map((name) => row[columns.indexOf(name)] ?? '').join(',')),
        )
        const params = { header: true, delimiter: ',' }
        const { artifacts } = await runPlan({ kind: filter, files: texts, params, cellBytes: 32, seed, mostCells: 3 })
        expect(String(artifacts.get('filtered.csv'))).toBe(`${[all.join(','), ...byHand].join('\n')}\n`)
      }),
      { numRuns: 40 },
    )
  })
})
