import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandLine } from './commandLine.ts'

/** The words that a POSIX shell makes of a line: quotes join to whatever stands beside them, a backslash takes the next sign. */
function heard(line: string): string[] {
  const words = line.match(/(?:'[^']*'|\\[^]|[^\s'\\])+/g) ?? []
  return words.map((word) =>
    word.replaceAll(/'([^']*)'|\\([^])/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''),
  )
}

const named = (name: string, token: string | null = null) => ({ name, token })
const bare = { kind: 'word-count', inputs: [], params: {}, name: '', workers: null }

describe('the command line of a form', () => {
  it('writes params as the command line reads them', () => {
    const params = { tokens: 'words', top: 5, values: [1, 2], formula: 'x * 2' }
    expect(commandLine({ ...bare, inputs: [named('a b.txt')], params, name: 'My run', workers: 2 })).toBe(
      `gristmill run word-count 'a b.txt' -p tokens=words -p top=5 -p 'values=[1,2]' -p 'formula=x * 2' --name 'My run' --workers 2`,
    )
  })

  it('keeps a file that starts with a dash from being an option', () => {
    expect(commandLine({ ...bare, inputs: [named('-rf')] })).toBe('gristmill run word-count ./-rf')
  })

  it('has the path of a file whose token is known, and the name of any other', () => {
    const inputs = [named('a.txt', '1'), named('b.txt', '2'), named('/served/c.txt')]
    const pathOf = (token: string) => (token === '1' ? '/data/a.txt' : undefined)
    expect(commandLine({ ...bare, inputs }, pathOf)).toBe('gristmill run word-count /data/a.txt b.txt /served/c.txt')
    expect(commandLine({ ...bare, inputs })).toBe('gristmill run word-count a.txt b.txt /served/c.txt')
  })

  it('means the same words to a shell, whatever they hold', () => {
    const word = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    fc.assert(
      fc.property(word, word, (name, formula) => {
        const line = commandLine({ ...bare, params: { formula }, name })
        const words = ['gristmill', 'run', 'word-count', '-p', `formula=${formula}`, '--name', name]
        expect(heard(line)).toEqual(words)
      }),
    )
  })
})
