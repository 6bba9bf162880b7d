import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textOfWords, wordsOf } from './wordList.ts'

describe('a list of texts in one field', () => {
  it.each([
    ['Miles per gallon, Name', ['Miles per gallon', 'Name']],
    ['a\nb; c\r\n', ['a', 'b; c']],
    ['x = round(price * count, 1), name', ['x = round(price * count, 1)', 'name']],
    ['smile :), frown :(', ['smile :)', 'frown :(']],
    ['odd (, b', ['odd (', 'b']],
    ['["a, b", "c"]', ['a, b', 'c']],
    ['[a], b', ['[a]', 'b']],
    [' , ', []],
  ])('%j is divided by commas and line ends', (text, words) => {
    expect(wordsOf(text)).toEqual(words)
  })

  it('is read back as it was written, whatever is in its texts', () => {
    const word = fc
      .string({ minLength: 1 })
      .map((text) => text.trim())
      .filter((text) => text !== '')
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.constantFrom('a, b', '(', '["x"]', 'x\ny'))), (words) => {
        expect(wordsOf(textOfWords(words))).toEqual(words)
      }),
    )
  })
})
