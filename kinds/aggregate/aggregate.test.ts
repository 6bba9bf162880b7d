import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { resultSchema } from './kind.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const kind = { plan, run }
const fruit = [
  'name,price,count,day,ripe,"odd name"',
  'apple,1.50,10,2024-01-31,true,x',
  'pear,2,3,2024-02-01,false,"say ""hi"""',
  'apple,2.5,,2024-01-05,true,"a,b"',
  ',10,1,,true,',
  '"",7,2,2024-02-29,false,z',
  'pear,,4,2023-01-01,,y',
  '',
].join('\n')

async function aggregated(params: Record<string, Json>, text: string | string[] = fruit) {
  const files = typeof text === 'string' ? [text] : text
  const done = await runPlan({ kind, files, params, cellBytes: 64, seed: 1 })
  const [artifact] = [...done.artifacts.values()]
  return { ...done, result: resultSchema.parse(done.result), text: artifact!.toString() }
}

async function rowsOf(params: Record<string, Json>, text?: string | string[]) {
  return (await aggregated(params, text)).result.rows
}

describe('groups', () => {
  test('are told in the order of their keys, null behind everything and apart from empty text', async () => {
    const { text, result } = await aggregated({ by: ['name'], measures: ['count', 'sum(price)', 'mean(count)'] })
    expect(text).toBe('name,count,sum_price,mean_count\n"",1,7,2\napple,2,4,10\npear,2,2,3.5\n,1,10,1\n')
    expect(result).toEqual({
      read: 6,
      kept: 6,
      groups: 4,
      columns: ['name', 'count', 'sum_price', 'mean_count'],
      rows: [
        ['', 1, 7, 2],
        ['apple', 2, 4, 10],
        ['pear', 2, 2, 3.5],
        [null, 1, 10, 1],
      ],
    })
  })

  test('may be parts of dates, expressions and several columns', async () => {
    expect(await rowsOf({ by: ['month(day)', 'ripe'] })).toEqual([
      [1, true, 2],
      [1, null, 1],
      [2, false, 2],
      [null, true, 1],
    ])
    expect(await rowsOf({ by: ['dear = price > 2'], measures: ['n = count', 'p = sum(price * 2)'] })).toEqual([
      [false, 2, 7],
      [true, 3, 39],
      [null, 1, null],
    ])
    expect(await rowsOf({ by: ['startOfMonth(day)'], where: "day >= '2024-02-01'" })).toEqual([['2024-02-01', 2]])
  })

  test('are one when nothing is grouped by, also of no rows', async () => {
    const measures = ['count', 'sum(price)', 'median(price)', 'countDistinct(name)', 'max(day)', 'stddev(price)']
    expect(await rowsOf({ measures, where: 'price > 1000' })).toEqual([[0, null, null, 0, null, null]])
    expect(await rowsOf({ measures })).toEqual([[6, 23, 2.5, 3, '2024-02-29', expect.closeTo(3.7316, 4)]])
    expect(await rowsOf({ by: ['name'], where: 'price > 1000' })).toEqual([])
  })
})
