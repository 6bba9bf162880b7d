import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Input } from '../../contract/dataset.ts'
import { foldersOf, labelsOf, nameOf, offeredUnder, redactor } from './pagePaths.ts'

const nothing = offeredUnder([])

function input(path: string, more: Partial<Input> = {}): Input {
  const fingerprint = { bytes: 1, modifiedAt: 0, inode: '1', headTail: '' }
  const name = path.split('/').at(-1) ?? ''
  return { path, name, bytes: 1, format: 'text', cellBytes: 65_536, fingerprint, spooled: false, ...more }
}

describe('what pages call inputs', () => {
  test('is their name, with a number behind it where inputs of other folders have the same', () => {
    const inputs = [input('/a/x.txt'), input('/b/x.txt'), input('/c/y.txt'), input('/a/x.txt')]
    expect([...labelsOf(inputs, nothing)]).toEqual([
      ['/a/x.txt', 'x.txt'],
      ['/b/x.txt', 'x.txt (2)'],
      ['/c/y.txt', 'y.txt'],
    ])
  })

  test('is the path itself below a served folder, and the given name of what was spooled', () => {
    const inputs = [input('/data/x.txt'), input('/home/spool/17', { name: 'x.txt', spooled: true }), input('/z/x.txt')]
    expect([...labelsOf(inputs, offeredUnder(['/data']))]).toEqual([
      ['x.txt', 'x.txt'],
      ['/data/x.txt', '/data/x.txt'],
      ['/z/x.txt', 'x.txt (2)'],
    ])
  })

  test('is found as quickly for very many files of one name', () => {
    const inputs = Array.from({ length: 50_000 }, (_, folder) => input(`/${folder}/part.csv`))
    const labels = labelsOf(inputs, nothing)
    expect(labels.get('/49999/part.csv')).toBe('part.csv (50000)')
  })

  test('leads back to one source, whatever the names are', () => {
    const part = fc.constantFrom('a', 'b', 'x.txt', 'x.txt (2)', 'x.txt (3)')
    const one = fc.record({ folder: part, name: part, spooled: fc.boolean() })
    fc.assert(
      fc.property(fc.array(one), (given) => {
        const inputs = given.map(({ folder, name, spooled }) => input(`/${folder}/${name}`, { name, spooled }))
        const labels = [...labelsOf(inputs, nothing).values()]
        expect(new Set(labels).size).toBe(labels.length)
        expect(labels.filter((label) => label.includes('/'))).toEqual([])
      }),
    )
  })
})

describe('sentences', () => {
  const redact = redactor(['/home/me/data', '/home/me/data/deep', '/srv'], nothing)

  test.each([
    ['cannot read /home/me/data/x.txt: it is gone', 'cannot read x.txt: it is gone'],
    ["ENOENT, open '/home/me/data/deep/x.txt'", "ENOENT, open 'x.txt'"],
    ['cannot write to /home/me/data: no room', 'cannot write to data: no room'],
    ['it lies in /home/me/data.', 'it lies in data.'],
    ['file:///home/me/data/x.txt:3:4', 'file://x.txt:3:4'],
    ['(/srv/a /srv/b)', '(a b)'],
  ])('%s is told as %s', (text, told) => {
    expect(redact(text)).toBe(told)
  })

  test.each([
    'https://example.org/srv/a',
    './srv/a and ~/srv/a',
    '/home/me/data-2/x.txt',
    '/srvs/a',
    '/srv.d/a',
    '7/srv',
    '',
  ])('%s names another place and stays', (text) => {
    expect(redact(text)).toBe(text)
  })

  test('a folder at the very top hides the file alone, and one that was served hides nothing', () => {
    const job = { inputs: [input('/x.txt'), input('/data/y.txt')], outDir: '/out' }
    const told = redactor(foldersOf(job), offeredUnder(['/data']))
    expect(told('/x.txt or /data/y.txt into /out/z, and/or /etc')).toBe('x.txt or /data/y.txt into z, and/or /etc')
  })

  test('very many folders are hidden by those above them', () => {
    const folders = Array.from({ length: 50_000 }, (_, number) => `/home/me/${number % 10}/${number}/deep`)
    const told = redactor(folders, nothing)
    const said = told('cannot read /home/me/3/4713/deep/x.txt or /home/me/3/4713/deep: gone; see /home/you/y')
    expect(said).toBe('cannot read 4713/deep/x.txt or 4713/deep: gone; see /home/you/y')
  })

  test('a folder whose name breaks the line is found in the line that was made of it', () => {
    expect(redactor(['/a\nb/c'], nothing)('cannot read /a b/c/x.txt')).toBe('cannot read x.txt')
  })

  test('name no hidden folder, wherever in them it stands as a path', () => {
    const name = fc.stringMatching(/^[a-z(*+.?$[\]é -]{1,6}$/).filter((text) => /^\p{L}.*\p{L}$/u.test(text))
    const folders = fc.array(
      fc.array(name, { minLength: 2, maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
      { minLength: 1, maxLength: 4 },
    )
    const words = fc.constantFrom(' ', "'", '(', ': ', '\n', '"', 'cannot read ')
    fc.assert(
      fc.property(folders, fc.array(fc.tuple(words, fc.nat(), fc.boolean())), (hidden, said) => {
        const text = said
          .map(([word, which, inside]) => `${word}${hidden[which % hidden.length]}${inside ? '/x' : ''}`)
          .join(', ')
        const told = redactor(hidden, nothing)(text)
        for (const folder of hidden) expect(told).not.toContain(folder)
      }),
    )
  })
})

test('a path is called by its last part, and the top of all by itself', () => {
  expect(['/a/b.txt', '/a', '/'].map((path) => nameOf(path, nothing))).toEqual(['b.txt', 'a', '/'])
  expect(nameOf('/data/b.txt', offeredUnder(['/data']))).toBe('/data/b.txt')
})
