import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markedPlace, withPlace } from './markedPlace.ts'

test('a place that was marked is found again, whatever the expression', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (expression, seed) => {
      const at = seed % (expression.length + 1)
      const found = markedPlace(withPlace('where: it is wrong', expression, at))
      expect(found?.why).toBe(`where: it is wrong at character ${at + 1}`)
      expect(found?.before).toBe(expression.slice(0, at))
      expect(`${found?.marked}${found?.after}`).toBe(expression.slice(at))
    }),
  )
})

test.each([
  ['a + amout > 10', 4, 'amout', ' > 10'],
  ['a + `odd name` > 10', 4, '`odd name`', ' > 10'],
  ["name == 'two words' and", 8, "'two words'", ' and'],
  ['a ++ b', 3, '+', ' b'],
  ['a +', 3, '', ''],
])('in %j at %i the word %j is marked', (expression, at, marked, after) => {
  expect(markedPlace(withPlace('no', expression, at))).toMatchObject({ before: expression.slice(0, at), marked, after })
})

test('an arrow that has moved because a line end was taken out is found', () => {
  expect(markedPlace('no at character 5: a →b')).toMatchObject({ before: 'a ', marked: 'b' })
})

test('other messages mark no place', () => {
  expect(markedPlace('cannot read a.csv: there is no such file')).toBeNull()
  expect(markedPlace('it ends at character 3: abc')).toBeNull()
})
