import { describe, expect, test } from 'vitest'
import { listColumns, nextOrder, type Order } from './columnList.ts'
import type { ColumnResult } from './kind.ts'

function column(name: string, some: Partial<ColumnResult> = {}): ColumnResult {
  return {
    name,
    type: 'text',
    mostly: null,
    fits: 1,
    rows: 10,
    nulls: 0,
    empty: 0,
    distinct: 1,
    distinctError: 0,
    min: null,
    max: null,
    sum: null,
    mean: null,
    stddev: null,
    quantiles: [],
    quantileError: 0,
    histogram: [],
    top: [],
    topMissed: 0,
    shortest: null,
    longest: null,
    meanLength: null,
    ...some,
  }
}

const columns = [
  column('day 10', { type: 'integer', nulls: 3, distinct: 5 }),
  column('Title', { type: 'mixed', mostly: 'text', nulls: 1, distinct: 9 }),
  column('day 9', { type: 'integer', nulls: 3, distinct: 7 }),
]

const places = (search: string, order: Order | null) => listColumns(columns, search, order).map(({ place }) => place)

describe('the list of columns', () => {
  test('is in the order of the table until another is asked for', () => {
    expect(places('', null)).toEqual([0, 1, 2])
    expect(places('', { by: 'name', direction: 'ascending' })).toEqual([2, 0, 1])
    expect(places('', { by: 'distinct', direction: 'descending' })).toEqual([1, 2, 0])
  })

  test('keeps alike ones in the order of the table in both directions', () => {
    expect(places('', { by: 'nulls', direction: 'descending' })).toEqual([0, 2, 1])
    expect(places('', { by: 'nulls', direction: 'ascending' })).toEqual([1, 0, 2])
  })

  test('is searched by names and types, every word of the search in any case', () => {
    expect(places('TITLE', null)).toEqual([1])
    expect(places(' integer 9 ', null)).toEqual([2])
    expect(places('text', null)).toEqual([1])
    expect(places('none', null)).toEqual([])
  })
})

test('pressing a heading sorts one way, then the other, then not at all', () => {
  const first = nextOrder(null, 'nulls')
  const second = nextOrder(first, 'nulls')
  expect([first, second, nextOrder(second, 'nulls')]).toEqual([
    { by: 'nulls', direction: 'descending' },
    { by: 'nulls', direction: 'ascending' },
    null,
  ])
  expect(nextOrder(first, 'name')).toEqual({ by: 'name', direction: 'ascending' })
})
