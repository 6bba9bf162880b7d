import { describe, expect, test } from 'vitest'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const graph = { plan, run }

describe('rows', () => {
  test('that do not name what comes first are set aside', async () => {
    const { result, rejects } = await runPlan({
      kind: graph,
      files: ['from,to\na,b\n,b\n"",c\n,\nd,""\n'],
      params: { find: 'components' },
    })
    expect(result).toMatchObject({ rows: 1, nodes: 3 })
    expect(rejects.map(({ row, reason }) => [row, reason])).toEqual([
      [2, 'column from names no node'],
      [3, 'column from names no node'],
      [4, 'column from names no node'],
    ])
  })

  test('of several files are one graph, and names stand quoted where they have to', async () => {
    const { artifacts } = await runPlan({
      kind: graph,
      files: ['to,from\n"x, y",a\n', '{"from": "x, y", "to": "=ü"}\n'],
      params: { find: 'reachable', start: ['a'], spreadsheetSafe: true },
    })
    expect(String(artifacts.get('reachable.csv'))).toBe(`node,distance\na,0\n"x, y",1\n'=ü,2\n`)
  })
})

describe('params', () => {
  const files = ['before,after\na,b\n']

  test('name the columns, or the first two of two are taken', async () => {
    const taken = await runPlan({ kind: graph, files, params: { find: 'order' } })
    const named = await runPlan({ kind: graph, files, params: { find: 'order', from: 'after', to: 'before' } })
    expect(String(taken.artifacts.get('order.csv'))).toBe('node,order,level\na,1,0\nb,2,1\n')
    expect(String(named.artifacts.get('order.csv'))).toBe('node,order,level\nb,1,0\na,2,1\n')
  })

  test.each([
    [{ find: 'order', from: 'x' }, 'from names x, and the columns are before, after'],
    [{ find: 'order', from: 'after' }, 'from and to both name after'],
    [{ find: 'reachable' }, 'find=reachable needs nodes to start from: start'],
    [{ find: 'order', start: ['a'] }, 'start is for find=reachable, and find is order'],
    [{ find: 'order', direction: 'both' }, 'direction is for find=reachable, and find is order'],
    [{ find: 'reachable', start: ['c', 'd'] }, 'cannot start from c, d: no row names it'],
  ])('%j are refused', async (params, complaint) => {
    await expect(runPlan({ kind: graph, files, params })).rejects.toThrow(complaint)
  })

  test('say what stands between two columns where only one is seen', async () => {
    const request = { kind: graph, files: ['a b\nb c\n'] }
    await expect(runPlan({ ...request, params: { find: 'order', header: false } })).rejects.toThrow(
      'the only column is column_1, and edges have two; delimiter says what stands between them',
    )
    const params = { find: 'order', header: false, delimiter: 'space' }
    expect((await runPlan({ ...request, params })).result).toMatchObject({ order: { ordered: 3 } })
  })

  test('name one of three columns and more', async () => {
    const request = { kind: graph, files: ['id,to,x\na,b,c\n'], params: { find: 'order' } }
    await expect(runPlan(request)).rejects.toThrow('no column is called from: name one by from, of id, to, x')
  })

  test('may name nodes that no row names beside others', async () => {
    const { result, told } = await runPlan({ kind: graph, files, params: { find: 'reachable', start: ['a', 'c'] } })
    expect(result).toMatchObject({ reachable: { started: 1, reached: 1, unknown: ['c'] } })
    expect(told).toEqual(['No row names 1 of 2 nodes to start from'])
  })
})
