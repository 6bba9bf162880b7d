import { expect, test } from 'vitest'
import { openChosenFiles } from './chosenFiles.ts'

test('a chosen file has one token, which stands for it where it lies', () => {
  const chosen = openChosenFiles()
  const token = chosen.add('/data/notes.txt')
  expect(chosen.add('/data/notes.txt')).toBe(token)
  expect(chosen.find(token)).toEqual({ path: '/data/notes.txt', name: null, spooled: false })
})

test('a path is no token, and a token of one host means nothing to another', () => {
  const chosen = openChosenFiles()
  const token = chosen.add('/data/notes.txt')
  expect(chosen.find('/data/notes.txt')).toBeUndefined()
  expect(openChosenFiles().find(token)).toBeUndefined()
})
