import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { caseProofName, foldedName, partitionIn, partitionName } from './partitionNames.ts'

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom('/', '..', '.', 'a.', 'a/b', '\0', '%', '=', ' ', 'CON', '__HIVE_DEFAULT_PARTITION__', 'É', 'é', 'A'),
)

describe('the name of a folder', () => {
  test('says its column and value, and is a name on every file system', () => {
    fc.assert(
      fc.property(value, value, (column, text) => {
        const name = partitionName({ column: `c${column}`.toWellFormed(), value: text.toWellFormed() })!
        expect(name).toMatch(/^[\w.~%-]+=[\w.~%-]*[\w~%-]$/)
        const said = { column: `c${column}`.toWellFormed(), value: text === '' ? null : text.toWellFormed() }
        expect(partitionIn(name)).toEqual(said)
        expect(partitionIn(caseProofName(name))).toEqual(said)
      }),
    )
  })

  test('is told apart by more than case where it must be', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        const names = [one, other].map((text) => partitionName({ column: 'c', value: text.toWellFormed() })!)
        const folded = names.map((name) => foldedName(caseProofName(name)))
        expect(folded[0] === folded[1]).toBe(names[0] === names[1])
      }),
    )
  })

  test.each([
    ['a'.repeat(253), `c=${'a'.repeat(253)}`],
    ['a'.repeat(254), null],
    ['é'.repeat(42), `c=${'%C3%A9'.repeat(42)}`],
    ['é'.repeat(43), null],
    ['A'.repeat(85), null],
    ['x'.repeat(10_000_000), null],
  ])('is no longer than file systems allow', (text, name) => {
    expect(partitionName({ column: 'c', value: text })).toBe(name)
  })
})

test.each(['part.csv', '=x', 'a=%', 'a=%ff', ''])('%j says no value', (folder) => {
  expect(partitionIn(folder)).toBeNull()
})
