import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Input } from '../../contract/dataset.ts'
import { labelsOf } from './fileLabels.ts'

const fingerprint = { bytes: 1, modifiedAt: 0, inode: '', headTail: '' }

function inputAt(path: string, fields: Partial<Input> = {}): Input {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return { path, name, bytes: 1, format: 'text', cellBytes: 1, fingerprint, spooled: false, ...fields }
}

function labels(...inputs: Input[]): (string | undefined)[] {
  const found = labelsOf(inputs)
  return inputs.map((input) => found.get(input))
}

test('files of one name are told apart by their way below the folder that they share; others keep their names', () => {
  expect(labels(inputAt('/data/2024/jan/s.csv'), inputAt('/data/2025/jan/s.csv'), inputAt('/data/2024/t.csv'))).toEqual(
    ['2024/jan/s.csv', '2025/jan/s.csv', undefined],
  )
  expect(labels(inputAt('/data/s.csv'), inputAt('/data/old/s.csv'))).toEqual(['s.csv', 'old/s.csv'])
  expect(labels(inputAt('C:\\a\\s.csv', { name: 's.csv' }), inputAt('D:\\a\\s.csv', { name: 's.csv' }))).toEqual([
    'C:/a/s.csv',
    'D:/a/s.csv',
  ])
})

test('uploads, and a file that is named twice, get numbers', () => {
  const upload = (path: string) => inputAt(path, { name: 's.csv', spooled: true })
  expect(labels(upload('/spool/1'), upload('/spool/2'), inputAt('/x/s.csv (2)'))).toEqual([
    's.csv',
    's.csv (3)',
    undefined,
  ])
  expect(labels(inputAt('/data/s.csv'), inputAt('/data/s.csv'))).toEqual(['s.csv', 's.csv (2)'])
})

test('no two inputs are called the same', () => {
  const name = fc.constantFrom('a.csv', 'b.csv', 'a.csv (2)', 'x/a.csv')
  const folder = fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }).map((parts) => ['', ...parts].join('/'))
  const input = fc
    .tuple(folder, name, fc.boolean())
    .map(([at, called, spooled]) => inputAt(`${at}/${called}`, { name: called, spooled }))
  fc.assert(
    fc.property(fc.array(input, { maxLength: 12 }), (inputs) => {
      const found = labelsOf(inputs)
      const all = inputs.map((each) => found.get(each) ?? each.name)
      expect(new Set(all).size).toBe(inputs.length)
    }),
  )
})
