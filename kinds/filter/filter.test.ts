import { gunzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const kind = { plan, run }
const table = [
  'name,price,count,day,"odd name"',
  'apple,1.50,10,2024-01-31,x',
  '"pear, ripe",2,3,2024-02-01,"say ""hi"""',
  '"",,7,2024-03-05,=cmd()',
  'Ærø,10,0,,-1',
  '',
].join('\n')

async function filtered(params: Record<string, Json>, text = table) {
  const done = await runPlan({ kind, files: [text], params, cellBytes: 64, seed: 1 })
  const [artifact] = [...done.artifacts.values()]
  return { ...done, text: artifact!.toString() }
}

describe('filter', () => {
  test('keeps the rows for which the expression is true, as they stand', async () => {
    const done = await filtered({ where: "price < 5 and count > 3 or day >= '2024-03-01'" })
    expect(done.text).toBe('name,price,count,day,odd name\napple,1.50,10,2024-01-31,x\n"",,7,2024-03-05,=cmd()\n')
    expect(done.result).toEqual({ rows: 4, kept: 2, columns: ['name', 'price', 'count', 'day', 'odd name'] })
  })

  test('without anything asked writes the table again', async () => {
    expect((await filtered({})).text).toBe(table.replace('"odd name"', 'odd name'))
  })

  test('chooses, renames and computes columns', async () => {
    const columns = [
      '`odd name`',
      'fruit = upper(name)',
      'n = count',
      '`per day` = round(price * count, 1)',
      'month = month(day)',
    ]
    const { text } = await filtered({ columns })
    expect(text.split('\n')).toEqual([
      'odd name,fruit,n,per day,month',
      'x,APPLE,10,15,1',
      '"say ""hi""","PEAR, RIPE",3,6,2',
      '=cmd(),"",7,,3',
      '-1,ÆRØ,0,0,',
      '',
    ])
  })

  test('writes JSON lines, with numbers as they were written and text in quotes', async () => {
    const { text } = await filtered({ format: 'jsonl', columns: ['name', 'price', 'big = price > 5'] })
    const lines = text.trimEnd().split('\n')
    expect(lines[0]).toBe('{"name":"apple","price":1.50,"big":false}')
    expect(lines.map((line) => JSON.parse(line) as Json)[2]).toEqual({ name: '', price: null, big: null })
  })

  test('writes tab-separated values', async () => {
    expect((await filtered({ format: 'tsv', columns: ['name', 'count'] })).text).toBe(
      'name\tcount\napple\t10\npear, ripe\t3\n""\t7\nÆrø\t0\n',
    )
  })

  test('keeps spreadsheets from running what stands in fields, and leaves numbers alone', async () => {
    const { text } = await filtered({ spreadsheetSafe: true, columns: ['`odd name`'] })
    expect(text).toBe('odd name\nx\n"say ""hi"""\n\'=cmd()\n-1\n')
  })

  test('compresses what every task writes so that it is one file', async () => {
    const { artifacts } = await filtered({ compress: 'gzip' })
    expect([...artifacts.keys()]).toEqual(['filtered.csv.gz'])
    expect(gunzipSync(artifacts.get('filtered.csv.gz')!).toString()).toBe(table.replace('"odd name"', 'odd name'))
    const zstd = await filtered({ compress: 'zstd' })
    expect(zstd.artifacts.get('filtered.csv.zst')!.subarray(0, 4)).toEqual(zstdCompressSync('').subarray(0, 4))
  })

  test('sets a row aside whose field is not what its column is', async () => {
    const lines = Array.from({ length: 2000 }, (_, row) => `${row},${row}`)
    lines[1500] = '1500,none'
    const text = `a,b\n${lines.join('\n')}\n`
    const done = await filtered({ where: 'b >= 1499', delimiter: ',', header: true }, text)
    expect(done.rejects).toMatchObject([{ row: 1501, reason: "'none' in column b is not a number", raw: '1500,none' }])
    expect(done.result).toMatchObject({ rows: 1999, kept: 500 })
  })

  test('reads numbers and dates in the notation of the table', async () => {
    const text = 'day;amount\n31.01.2024;1.234,5\n01.02.2024;10,25\n13.02.2024;2\n'
    const { text: kept } = await filtered({ where: 'amount > 10 and month(day) == 1' }, text)
    expect(kept).toBe('day,amount\n31.01.2024,"1.234,5"\n')
  })

  test.each([
    [{ where: 'prise > 1' }, 'where: unknown name "prise"'],
    [{ where: 'price' }, 'where: the formula gives a number, not true or false'],
    [{ where: "price == 'x'" }, 'where: a number cannot be compared with text'],
    [{ columns: ['nothing'] }, 'columns: there is no column of that name'],
    [{ columns: ['x = nothing + 1'] }, 'columns: unknown name "nothing"'],
    [{ columns: ['name', 'name = upper(name)'] }, 'columns: two columns would be called name'],
  ])('%j is refused before a job exists', async (params, complaint) => {
    await expect(filtered(params)).rejects.toThrow(complaint)
  })

  test('the same bytes however the input is cut and in whatever order its parts are done', async () => {
    const field = fc.oneof(fc.constantFrom('', '""', '1', '-2.5', 'x', '"a,b"', '"a\nb"', '"q""q"'))
    const rows = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(), fc.integer({ min: 4, max: 80 }), async (some, seed, cellBytes) => {
        const text = `a,b\n${some.map(([a, b]) => `${a},${b}\n`).join('')}`
        const params = {
          compress: seed % 2 === 0 ? 'none' : 'zstd',
          where: "isNull(a) or text(a) != 'x'",
          columns: ['b', 'both = concat(a, b)'],
          header: true,
          delimiter: ',',
          quote: '"',
        }
        const whole = await runPlan({ kind, files: [text], params })
        const parted = await runPlan({ kind, files: [text], params, cellBytes, seed, mostCells: 3 })
        expect(parted.artifacts).toEqual(whole.artifacts)
        expect(parted.result).toEqual(whole.result)
      }),
      { numRuns: 60 },
    )
  })

  test('rows copied as they stand are those written field by field', async () => {
    const field = fc.oneof(
      fc.constantFrom('', '""', '1', 'x', 'NA', '"a,b"', '"plain"', '"a\nb"', '"q""q"', 'st"ray', 'é', '=cmd()'),
      fc.integer().map(String),
    )
    const end = fc.constantFrom('\n', '\n', '\n', '\r\n')
    const rows = fc.array(fc.tuple(field, field, end), { minLength: 1, maxLength: 80 })
    const asked = fc.record({
      where: fc.constantFrom('1 = 1', 'not isNull(text(b))', "isNull(a) or text(a) != '1'"),
      quote: fc.constantFrom('"', "'", 'none'),
      nulls: fc.constantFrom<string[]>([], ['NA']),
      format: fc.constantFrom('csv', 'tsv'),
      compress: fc.constantFrom('none', 'gzip'),
    })
    await fc.assert(
      fc.asyncProperty(rows, asked, fc.integer({ min: 8, max: 200 }), async (some, wishes, cellBytes) => {
        const delimiter = wishes.format === 'tsv' ? '\t' : ','
        const text = `a${delimiter}b\n${some.map(([a, b, close]) => `${a}${delimiter}${b}${close}`).join('')}`
        const params = { ...wishes, delimiter, header: true, ragged: 'pad' }
        const ask = { kind, files: [text], cellBytes, seed: 1 }
        const copied = await runPlan({ ...ask, params })
        const written = await runPlan({ ...ask, params: { ...params, columns: ['a', 'b'] } })
        expect(copied.artifacts).toEqual(written.artifacts)
        expect(copied.rejects).toEqual(written.rejects)
      }),
      { numRuns: 60 },
    )
  })
})
