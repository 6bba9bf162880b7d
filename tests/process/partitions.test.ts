import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inspectionSchema } from '../../contract/dataset.ts'
import { openGround } from './gristmill.ts'

/** Folders that jobs write, as words of the command line. */

const places = ['Bonn', 'Ulm', '08', 'a/b']
const rows = Array.from({ length: 9000 }, (_, n) => `${places[n % 4]},${n},"row ${n}"\n`)

describe('a folder of partitions', () => {
  it("is the next job's input, whose rows have the column of the folders again", async () => {
    const ground = openGround()
    const path = ground.file('places.csv', `place,n,name\n${rows.join('')}`)
    const words = ['convert', path, '-p', 'to=parquet', '-p', 'partitionBy=place']
    const { job, artifacts, result } = await ground.runJob([...words, '--split', '64K', '--out', 'out'])
    expect(result).toMatchObject({ rows: 9000, partitions: 4 })
    expect(artifacts).toMatchObject([{ name: 'converted', mediaType: 'inode/directory', rows: 9000 }])
    expect(ground.filesIn(join(ground.cwd, 'out'))).toEqual(
      ['08', 'Bonn', 'Ulm', 'a%2Fb'].map((place) => `converted/place=${place}/part.parquet`),
    )
    for (const input of [`job:${job.id}/converted`, 'out/converted']) {
      const inspections = await ground.json(z.array(inspectionSchema), ['inspect', input])
      expect(inspections).toHaveLength(4)
      const { artifacts: back } = await ground.runJob(['filter', input, '-p', 'columns=place,n,name'])
      const lines = readFileSync(back[0]!.path, 'utf8').split('\n').slice(1, -1)
      const byNumber = lines.toSorted((one, other) => Number(one.split(',')[1]) - Number(other.split(',')[1]))
      expect(byNumber).toEqual(rows.map((row) => row.trimEnd().replaceAll('"', '')))
    }
    await ground.untilEmpty()
  })

  it('stands where nothing stood, or replaces by force', async () => {
    const ground = openGround()
    const path = ground.file('t.csv', 'a,b\n1,2\n3,4\n')
    const words = ['run', 'convert', path, '-p', 'to=csv', '-p', 'partitionBy=a', '--out', 'out']
    expect(await ground.run(words)).toMatchObject({ code: 0 })
    const again = await ground.run(words)
    expect(again).toMatchObject({ code: 2 })
    expect(again.stderr).toContain('it exists')
    ground.file('out/converted/a=9', 'left')
    expect(await ground.run([...words, '--force'])).toMatchObject({ code: 0 })
    expect(ground.filesIn(join(ground.cwd, 'out'))).toEqual(['converted/a=1/part.csv', 'converted/a=3/part.csv'])
    await ground.untilEmpty()
  })

  it('of too many values is not begun: one line says what to do', async () => {
    const ground = openGround()
    const path = ground.file('t.csv', `a,b\n${Array.from({ length: 50 }, (_, n) => `${n},x\n`).join('')}`)
    const words = ['run', 'convert', path, '-p', 'to=csv', '-p', 'partitionBy=a', '-p', 'mostPartitions=10']
    const ended = await ground.run([...words, '--out', 'out'])
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('it has more than 10 different values, and each becomes a folder; choose a column')
    expect(ground.filesIn(join(ground.cwd, 'out'))).toEqual([])
    await ground.untilEmpty()
  })
})
