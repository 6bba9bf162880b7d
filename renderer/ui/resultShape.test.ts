import { describe, expect, it } from 'vitest'
import { humanize, shapeOf } from './resultShape.ts'

describe('the generic shape of a result', () => {
  it('makes cards of single values, a table of records and a list of values', () => {
    const shape = shapeOf({ lines: 3, top: [{ word: 'a', count: 2 }, { word: 'b' }], first: [1, 2] }, 'Result')
    expect(shape.scalars).toEqual([{ name: 'Lines', value: 3 }])
    expect(shape.tables[0]?.columns).toEqual([
      { key: 'word', name: 'Word', numeric: false },
      { key: 'count', name: 'Count', numeric: true },
    ])
    expect(shape.lists).toEqual([{ name: 'First', values: [1, 2] }])
    expect(shape.others).toEqual([])
  })

  it('spreads a group of single values over cards that name the group', () => {
    expect(shapeOf({ size: { widthPx: 3, height: null } }, 'Result').scalars).toEqual([
      { name: 'Size: width px', value: 3 },
      { name: 'Size: height', value: null },
    ])
  })

  it('keeps what fits no form as it is', () => {
    expect(shapeOf({ mixed: [1, { a: 2 }], deep: { a: { b: 1 } } }, 'Result').others.map(({ name }) => name)).toEqual([
      'Mixed',
      'Deep',
    ])
  })

  it('names a bare value after the whole', () => {
    expect(shapeOf(7, 'Result').scalars).toEqual([{ name: 'Result', value: 7 }])
    expect(shapeOf([], 'Result').lists).toEqual([{ name: 'Result', values: [] }])
    expect(shapeOf(null, 'Result').scalars).toEqual([{ name: 'Result', value: null }])
  })

  it.each([
    ['totalWords', 'Total words'],
    ['snake_case', 'Snake case'],
    ['x', 'X'],
    ['__proto__', 'Proto'],
    ['', ''],
  ])('reads the key %j as %j', (key, name) => {
    expect(humanize(key)).toBe(name)
  })
})
