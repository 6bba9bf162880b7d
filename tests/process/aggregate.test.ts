import { describe, expect, it } from 'vitest'
import { chanceOf } from '../harness/chance.ts'
import { openGround } from './gristmill.ts'
import { expectParallel, expectSameBytes, layoutsOf, runLayout } from './layouts.ts'

const cellBytes = 64 * 1024

describe('aggregate', () => {
  it('writes the same figures whoever works on them, from what a person writes on the command line', async () => {
    const ground = openGround()
    const chance = chanceOf(17)
    const cents: number[] = Array.from({ length: 60_000 }, () => chance.between(-5_000, 5_000))
    const lines = cents.map((value, row) => `2024-0${1 + (row % 3)}-15,"shop ${row % 7}",${value / 100}\n`)
    const path = ground.file('sales.csv', `day,shop,price\n${lines.join('')}`)
    const words = [
      '-p',
      'by=month(day),shop',
      '-p',
      'measures=count,mean(price),quantile(price, 0.5)',
      '-p',
      'order=-count,shop',
    ]
    const expected: string[] = []
    for (let shop = 0; shop < 7; shop++) {
      for (let month = 0; month < 3; month++) {
        const own = cents.filter((_, row) => row % 7 === shop && row % 3 === month)
        const sorted = own.toSorted((one, other) => one - other)
        const half = (own.length - 1) / 2
        const median = (sorted[Math.floor(half)]! / 100 + sorted[Math.ceil(half)]! / 100) / 2
        expected.push(
          `${month + 1},shop ${shop},${own.length},${own.reduce((sum, value) => sum + value, 0) / own.length / 100},${median}`,
        )
      }
    }
    const texts = new Set<string>()
    for (const layout of layoutsOf(chance, [1, 2 * cellBytes])) {
      const { document, artifact } = await runLayout(ground, ['aggregate', path, ...words], layout)
      expect(document.result).toMatchObject({ read: 60_000, kept: 60_000, groups: 21 })
      if (layout.split !== undefined) await expectParallel(ground, { document, artifact }, 'scan')
      texts.add(artifact!.toString())
    }
    expect(texts.size).toBe(1)
    const [text] = texts
    const [header, ...rows] = text!.trimEnd().split('\n')
    expect(header).toBe('month_day,shop,count,mean_price,quantile_0.5_price')
    expect(rows.length).toBe(expected.length)
    for (const line of expected) {
      const [month, shop, count, mean, median] = line.split(',')
      const row = rows.find((each) => each.startsWith(`${month},${shop},`))!.split(',')
      expect(row[2]).toBe(count)
      expect(Number(row[3])).toBeCloseTo(Number(mean), 10)
      expect(Number(row[4])).toBeCloseTo(Number(median), 10)
    }
    const counts = rows.map((row) => Number(row.split(',')[2]))
    expect(counts).toEqual(counts.toSorted((one, other) => other - one))
    expectSameBytes(Buffer.from(text!), Buffer.from(`${header}\n${rows.join('\n')}\n`), 'lines')
    await ground.untilEmpty()
  })

  it('refuses in one line what cannot be asked', async () => {
    const ground = openGround()
    const path = ground.file('sales.csv', 'day,price\n2024-01-15,1\n')
    const ended = await ground.run(['run', 'aggregate', path, '-p', 'measures=mean(prize)'])
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('measures: unknown name "prize" (known: day, price')
    await ground.untilEmpty()
  })
})
