import { describe, expect, test, vi } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { Groups } from './groups.ts'
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

describe('measures', () => {
  test('leave nulls out, and count says how many there are', async () => {
    const measures = ['count', 'count(price)', 'count(*)'].map((text, at) => `n${at} = ${text}`)
    expect(await rowsOf({ by: ['name'], measures: [...measures, 'first(count)', 'last(price)'] })).toEqual([
      ['', 1, 1, 1, 2, 7],
      ['apple', 2, 2, 2, 10, 2.5],
      ['pear', 2, 1, 2, 3, 2],
      [null, 1, 1, 1, 1, 10],
    ])
  })

  test('take any type where that means something, text by its bytes', async () => {
    const measures = ['min(day)', 'max(day)', 'min(ripe)', 'max(name)', 'first(odd name)', 'countDistinct(ripe)']
    expect(await rowsOf({ measures })).toEqual([['2023-01-01', '2024-02-29', false, 'pear', 'x', 2]])
    const text = 'x\nb\n\u{1F600}\n\uFFFD\na\n'
    expect(await rowsOf({ measures: ['min(x)', 'max(x)'], header: true }, text)).toEqual([['a', '\u{1F600}']])
  })

  test('are told as objects or in words, under names of their own if so wished', async () => {
    const measures = ['p90 = quantile(price, 0.9)', { op: 'quantile', column: 'price', q: 0.25 }, 'Median( `price` )']
    const { result } = await aggregated({ measures: [...measures, { op: 'max', column: 'price', name: 'most' }] })
    expect(result.columns).toEqual(['p90', 'quantile_0.25_price', 'median_price', 'most'])
    expect(result.rows).toEqual([[expect.closeTo(8.8, 12), 2, 2.5, 10]])
  })

  test('that a command line has parted at commas are put together again', async () => {
    const { result } = await aggregated({
      by: ['kind = if(ripe', "'good'", "'poor')"],
      measures: ['quantile(price', '0.5)', 'count'],
    })
    expect(result.columns).toEqual(['kind', 'quantile_0.5_price', 'count'])
    expect(result.rows.map(([name]) => name)).toEqual(['good', 'poor'])
  })

  test('keep every digit of numbers that a double does not hold', async () => {
    const text = 'id,n\n12345678901234567890,1\n12345678901234567891,2\n12345678901234567890.0,3\n'
    const params = { header: true, delimiter: ',' }
    expect(await rowsOf({ by: ['id'], ...params }, text)).toEqual([
      ['12345678901234567890', 2],
      ['12345678901234567891', 1],
    ])
    const measures = ['min(id)', 'max(id)', 'last(id)', 'countDistinct(id)']
    expect(await rowsOf({ measures, ...params }, text)).toEqual([
      ['12345678901234567890', '12345678901234567891', '12345678901234567890', 2],
    ])
  })

  test('of numbers that cancel out lose nothing', async () => {
    const text = `x\n${['1e16', '1', '-1e16', '0.1', '1e300', '-1e300'].join('\n')}\n`
    expect(await rowsOf({ measures: ['sum(x)', 'mean(x)'], header: true }, text)).toEqual([[1.1, 1.1 / 6]])
  })

  test('of what is no number count it as null', async () => {
    const measures = ['n = count(price / 0)', 's = sum(log(price - 2))']
    expect(await rowsOf({ measures, where: 'price = 2' })).toEqual([[0, null]])
  })
})

describe('the order', () => {
  test('is by columns of the output, descending ones marked, nulls last either way, equal ones by their groups', async () => {
    const order = async (...columns: string[]) =>
      (await rowsOf({ by: ['name'], measures: ['count', 'sum(count)'], order: columns })).map(([name]) => name)
    expect(await order('-count')).toEqual(['apple', 'pear', '', null])
    expect(await order('name desc')).toEqual(['pear', 'apple', '', null])
    expect(await order('count', '-sum_count')).toEqual(['', null, 'apple', 'pear'])
  })

  test('of more rows than there is memory for is the same', async () => {
    const text = `a,b\n${Array.from({ length: 3000 }, (_, row) => `key${row},${(row * 7919) % 1009}\n`).join('')}`
    const params = { by: ['a'], measures: ['sum(b)'], order: ['-sum_b'] }
    const whole = await aggregated(params, text)
    const little = await aggregated({ ...params, memoryBytes: 20_000 }, text)
    expect(little.text).toBe(whole.text)
    expect(whole.result.rows).toHaveLength(1000)
    expect(whole.result.groups).toBe(3000)
    expect(whole.text.split('\n')).toHaveLength(3002)
  })
})

describe('groups that outgrow their memory', () => {
  /** How often groups were written, too. */
  async function counted(params: Record<string, Json>, files: string[], seed?: number) {
    const written = vi.spyOn(Groups.prototype, 'empty')
    const cuts = seed === undefined ? {} : { seed }
    const done = await runPlan({ kind, files, params, cellBytes: 16 * 1024, ...cuts })
    const times = written.mock.calls.length
    written.mockRestore()
    return { artifacts: done.artifacts, result: done.result, times, tasks: done.stages['scan'] }
  }

  test.each([[['k']], [[]]])('by %j are the same as in memory, medians and different values too', async (by) => {
    const rows = Array.from(
      { length: 60_000 },
      (_, row) => `${row % 7919},${(row * 31) % 10_007}.${row % 10},w${row % 5000},some words\n`,
    )
    const measures = [
      'median(x)',
      'countDistinct(w)',
      'quantile(x, 0.99)',
      'stddev(x)',
      'first(w)',
      'last(w)',
      'max(w)',
    ]
    const files = [`k,x,w,v\n${rows.join('')}`]
    const whole = await counted({ by, measures }, files, 2)
    const little = await counted({ by, measures, memoryBytes: 20_000 }, files)
    expect(whole.times).toBe(whole.tasks)
    expect([little.tasks, little.times]).toEqual([1, expect.toSatisfy((times) => times >= 5)])
    expect(little.artifacts).toEqual(whole.artifacts)
    expect(little.result).toEqual(whole.result)
  })

  test('are merged on the way where they would be too many files', async () => {
    const files = Array.from({ length: 140 }, (_, file) => {
      const rows = Array.from({ length: 50 }, (_, row) => `key ${(file * 7 + row * 31) % 1009},${file * 50 + row}\n`)
      return `k,x\n${rows.join('')}`
    })
    const params = { by: ['k'], measures: ['first(x)', 'last(x)', 'sum(x)', 'countDistinct(x)'], header: true }
    const little = await counted({ ...params, memoryBytes: 1024 }, files)
    const whole = await counted(params, files)
    expect([little.tasks, little.times, whole.times]).toEqual([1, 140, 1])
    expect(little.artifacts).toEqual(whole.artifacts)
  })
})

describe('what is written', () => {
  test('may be lines of JSON or separated by tabs', async () => {
    const params = { by: ['ripe'], measures: ['max(day)', 'sum(price)'] }
    const json = await aggregated({ ...params, format: 'jsonl' })
    expect([...json.artifacts.keys()]).toEqual(['aggregated.jsonl'])
    expect(json.text.split('\n')[0]).toBe('{"ripe":false,"max_day":"2024-02-29","sum_price":9}')
    expect((await aggregated({ ...params, format: 'tsv' })).text.split('\n')[0]).toBe('ripe\tmax_day\tsum_price')
  })
})

describe('rows', () => {
  const lines = Array.from({ length: 2000 }, (_, row) => `${row % 2},${row},2024-01-01`)
  lines[1500] = '0,none,2024-01-01'
  lines[1600] = '0,1,never'
  const text = `a,b,day\n${lines.join('\n')}\n`
  const reading = { delimiter: ',', header: true }

  test('with a field that is not what its column is are set aside, with their places', async () => {
    const done = await aggregated({ by: ['a'], measures: ['sum(b)', 'y = max(year(day))'], ...reading }, text)
    expect(done.rejects.map(({ row, reason, raw, offset }) => ({ row, reason, raw, offset }))).toEqual([
      {
        row: 1501,
        reason: "'none' in column b is not a number",
        raw: '0,none,2024-01-01',
        offset: text.indexOf('0,none'),
      },
      { row: 1601, reason: "'never' in column day is not a date", raw: '0,1,never', offset: text.indexOf('0,1,never') },
    ])
    expect(done.result).toMatchObject({ read: 1998, kept: 1998 })
  })

  test('that do not count, and columns that nobody asks for, may have anything in them', async () => {
    const done = await aggregated(
      { by: ['a'], measures: ['sum(b)'], where: 'b >= 1999 or isNull(b)', ...reading },
      text,
    )
    expect(done.rejects).toHaveLength(1)
    expect(done.result).toMatchObject({ read: 1999, kept: 1, rows: [[1, 1999]] })
    expect((await aggregated({ by: ['a'], ...reading }, text)).rejects).toEqual([])
  })

  test('of files with different columns come together, and may be told apart by their files', async () => {
    const params = { by: ['from'], measures: ['sum(b)', 'count(c)'], header: true, delimiter: ',', fileColumn: 'from' }
    const rows = await rowsOf(params, ['a,b\nx,1\ny,2\n', 'c,b\ny,3\n,4\n'])
    expect(rows.map(([, ...figures]) => figures)).toEqual([
      [3, 0],
      [7, 1],
    ])
  })

  test('of several files come together, the earlier file first', async () => {
    const files = ['a,b\nx,1\ny,2\n', 'a,b\ny,3\nz,4\n']
    expect(await rowsOf({ by: ['a'], measures: ['first(b)', 'last(b)'], header: true, delimiter: ',' }, files)).toEqual(
      [
        ['x', 1, 1],
        ['y', 2, 3],
        ['z', 4, 4],
      ],
    )
  })
})

test('groups that a spreadsheet would take for a formula stand behind an apostrophe where that is asked for', async () => {
  const params = { by: ['a'], measures: ['sum(b)'], header: true, delimiter: ',' }
  const { text } = await aggregated({ ...params, spreadsheetSafe: true }, 'a,b\n=cmd(),-1\n+2,3\nx,4\n')
  expect(text).toBe("a,sum_b\n+2,3\n'=cmd(),-1\nx,4\n")
})

test.each([
  [{ by: ['nom'] }, 'by: unknown name "nom"'],
  [{ by: ['price * 2'] }, 'by: this has no name; write name = expression at character 1'],
  [{ by: ['name', 'name = upper(name)'] }, 'by: two columns would be called name'],
  [{ measures: ['middle(price)'] }, "measures: 'middle(price)' is no measure; write count, mean(column)"],
  [{ measures: ['sum(name)'] }, 'measures: sum takes numbers, and name is text'],
  [{ measures: ['sum'] }, 'measures: sum needs a column; write sum(column)'],
  [{ measures: ['quantile(price)'] }, "measures: 'quantile(price)' needs a share from 0 to 1"],
  [{ measures: ['quantile(price, 90)'] }, "measures: 'quantile(price, 90)' needs a share from 0 to 1"],
  [{ measures: [{ op: 'quantile', column: 'price' }] }, 'measures: quantile needs q, a share from 0 to 1'],
  [{ measures: [{ op: 'mean', column: 'price', q: 0.5 }] }, 'measures: mean takes no q'],
  [{ measures: ['mean(price * 2)'] }, 'measures: mean(price * 2) has no name; write name = mean(price * 2)'],
  [{ measures: ['mean(price)', 'mean(price)'] }, 'measures: two columns would be called mean_price'],
  [{ where: 'price' }, 'where: the formula gives a number, not true or false'],
  [{ order: ['-prize'] }, 'order: there is no column -prize; the columns are count'],
])('%j is refused before a job exists', async (params, complaint) => {
  await expect(aggregated(params)).rejects.toThrow(complaint)
})
