import { expect, it } from 'vitest'
import type { Json } from '../../../contract/json.ts'
import { settingText } from './settingText.ts'

it.each<[Json, string]>([
  [false, 'no'],
  [true, 'yes'],
  [[], 'none'],
  [null, 'none'],
  ['', 'none'],
  ['words', 'words'],
  [0, '0'],
  [['a, b', 1], '["a, b",1]'],
  [{ by: 'name' }, '{"by":"name"}'],
])('the setting %j reads %s', (value, text) => {
  expect(settingText(value)).toBe(text)
})
