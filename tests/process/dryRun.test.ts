import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { checkedSchema } from '../../contract/outputSample.ts'
import { openGround } from './gristmill.ts'

/** `run --dry-run`: the check that `run` makes, with the rows that the output would begin with, and no job. */
const orders = 'order,zip,amount\n1,08123,12.50\n2,,7\n3,99999,100\n'

it('shows the rows that the output then begins with, and makes neither a job nor a file', async () => {
  const ground = openGround()
  // So large that it has cells, with line ends in quotes: a job would make an index first.
  const path = ground.file('many.csv', `n,text\n${'1,"a\nb"\n2,c\n3,\n'.repeat(40_000)}`)
  const words = ['filter', path, '-p', 'where=n > 1', '-p', 'columns=["text","double = n * 2"]']
  const { sample, why } = await ground.json(checkedSchema, ['run', ...words, '--dry-run'])
  expect(why).toBeNull()
  expect(sample).toMatchObject({ columns: ['text', 'double'], moreColumns: 0, rejected: 0, ended: 'full' })
  expect(sample?.rows).toHaveLength(20)
  expect(sample?.rows.slice(0, 3)).toEqual([
    ['c', '4'],
    [null, '6'],
    ['c', '4'],
  ])
  const printed = await ground.run(['run', ...words, '--dry-run'])
  expect(printed.code).toBe(0)
  expect(printed.stdout.split('\n').slice(0, 3)).toEqual(['text  double', 'c     4', '      6'])
  expect(printed.stderr).toBe(
    'gristmill: nothing is wrong, and no job was made; these are the first 20 rows of the output\n',
  )
  expect(await ground.jobs()).toEqual([])
  expect(readdirSync(ground.cwd)).toEqual(['many.csv'])
})

it('refuses what run refuses, in the same words', async () => {
  const ground = openGround()
  ground.file('orders.csv', orders)
  mkdirSync(join(ground.cwd, 'taken'))
  ground.file('taken/filtered.csv', '')
  for (const words of [
    ['filter', 'orders.csv', '-p', 'where=amout > 10'],
    ['filter', 'orders.csv', '-p', 'where=round(amount', '-p', 'format=csv'],
    ['filter', 'none.csv'],
    ['convert', 'orders.csv', '-p', 'to=parquet', '-p', 'compress=gzip'],
    ['filter', 'orders.csv', '--out', 'taken'],
    ['numbers'],
  ]) {
    const dry = await ground.run(['run', ...words, '--dry-run'])
    expect(dry).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^gristmill: .+\n$/) })
    expect(await ground.run(['run', ...words])).toEqual(dry)
  }
  expect(await ground.jobs()).toEqual([])
})

it('takes stdin and keeps nothing of it, each of several inputs, and kinds without rows', async () => {
  const ground = openGround()
  const stdin = await ground.json(checkedSchema, ['run', 'filter', '-', '--dry-run'], { stdin: orders })
  expect(stdin.sample).toMatchObject({ rows: [['1', '08123', '12.50'], ['2', null, '7'], {}], ended: 'whole' })
  expect(readdirSync(join(ground.home, 'spool'))).toEqual([])
  ground.file('a.csv', orders)
  ground.file('b.csv', 'x,y\n1,2\n')
  const each = ['run', 'convert', 'a.csv', 'b.csv', '-p', 'to=sqlite', '--each', '--dry-run']
  const checks = await ground.json(z.array(checkedSchema), each)
  expect(checks.map(({ sample }) => sample?.columns)).toEqual([
    ['order', 'zip', 'amount'],
    ['x', 'y'],
  ])
  const words = await ground.run(['run', 'word-count', 'a.csv', '--dry-run'])
  expect(words).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('no job was made') })
  expect(await ground.run(['run', 'word-count', 'a.csv', '--dry-run', '--detach'])).toMatchObject({ code: 2 })
})
