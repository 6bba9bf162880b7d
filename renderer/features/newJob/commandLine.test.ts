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

const bare = { kind: 'word-count', inputs: [], params: {}, name: '', workers: null }

describe('the command line of a form', () => {
  it('writes params as the command line reads them', () => {
    const params = { tokens: 'words', top: 5, values: [1, 2], formula: 'x * 2' }
    expect(commandLine({ ...bare, inputs: ['a b.txt'], params, name: 'My run', workers: 2 })).toBe(
      `gristmill run word-count 'a b.txt' -p tokens=words -p top=5 -p 'values=[1,2]' -p 'formula=x * 2' --name 'My run' --workers 2`,
    )
  })

  it('keeps a file that starts with a dash from being an option', () => {
    expect(commandLine({ ...bare, inputs: ['-rf'] })).toBe('gristmill run word-count ./-rf')
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
