import { expect, test } from 'vitest'
import { refuse } from './commandError.ts'
import { oneLine } from './oneLine.ts'

test.each([
  ['a name', 'a name'],
  ['two\r\nlines', 'two lines'],
  ['\u001b[31mred\u0007', ' [31mred '],
  ['evil\u202etxt.exe', 'evil txt.exe'],
  ['naïve – 数', 'naïve – 数'],
])('%j is told as %j', (text, line) => {
  expect(oneLine(text)).toBe(line)
})

test('a long one is cut, between characters', () => {
  expect(oneLine('x'.repeat(3000))).toBe(`${'x'.repeat(1999)}…`)
  expect(oneLine('😀'.repeat(3000)).isWellFormed()).toBe(true)
})

test('what a command was refused for is one line, whatever it was called with', () => {
  expect(refuse('invalid-params', 'a\nb', 'c\nd').error).toEqual({
    code: 'invalid-params',
    message: 'a b',
    hint: 'c d',
  })
})
