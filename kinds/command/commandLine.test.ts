import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inQuotes, launchOf, TemplateFault, templateOf } from './commandLine.ts'
import { cutText, type Item, piecesOf } from './template.ts'

function itemOf(text: string, values: readonly string[] = [text]): Item {
  return { number: 7, text, values }
}

function wordsOf(command: string[], text: string, columns: readonly string[] | null = null): string[] {
  const values = columns === null ? [text] : text.split('\t')
  const { program, words } = launchOf(templateOf({ command, shell: false }, columns), itemOf(text, values), '/own')
  return [program, ...words]
}

describe('the words of a command', () => {
  test.each([
    ['', '/d/a.b.c', '/d/a.b.c'],
    ['.', '/d/a.b.c', '/d/a.b'],
    ['/', '/d/a.b.c', 'a.b.c'],
    ['//', '/d/a.b.c', '/d'],
    ['/.', '/d/a.b.c', 'a.b'],
    ['.', '/d.e/a', '/d.e/a'],
    ['.', '/d/.hidden', '/d/.hidden'],
    ['/.', '.hidden.txt', '.hidden'],
    ['//', 'a', '.'],
    ['//', '/a', '/'],
    ['/', '/d/', ''],
  ] as const)('cut with {%s} make of %s %s', (cut, text, expected) => {
    expect(cutText(text, cut)).toBe(expected)
  })

  test('hold what stands for the item wherever it stands, and leave other braces alone', () => {
    expect(wordsOf(['p', '{}{#}', 'x{/.}y', '{print $1}', '{', '}', '{nothing}', '{out}/{1/}'], '/d/a.txt')).toEqual([
      'p',
      '/d/a.txt7',
      'xay',
      '{print $1}',
      '{',
      '}',
      '{nothing}',
      '/own/a.txt',
    ])
  })

  test('know columns by name before anything else', () => {
    const columns = ['out', '2', 'a.b', '#x']
    expect(wordsOf(['p', '{out}{2}{a.b}{#x}{4}{a.b/}{5}'], 'O\tT\tA/B\tX', columns)).toEqual(['p', 'OTA/BXXB{5}'])
  })

  test('get the item as the last one where none says which item it is', () => {
    expect(wordsOf(['p', '{out}'], 'a')).toEqual(['p', '/own', 'a'])
    expect(wordsOf(['p', '{#}'], 'a')).toEqual(['p', '7'])
  })

  test('begin with a program that is the same for every item', () => {
    expect(() => templateOf({ command: ['{}', 'x'], shell: false }, null)).toThrow(TemplateFault)
  })

  test('come apart into pieces that are the word again', () => {
    const part = fc.constantFrom('{', '}', '{}', '{.}', '{out}', 'a', '{a}', '/', '{{}}')
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const word = parts.join('')
        const text = piecesOf(word, null).map((piece) =>
          piece.type === 'text'
            ? piece.text
            : piece.type === 'out'
              ? '{out}'
              : piece.type === 'value'
                ? `{${piece.cut}}`
                : '',
        )
        expect(text.join('')).toBe(word)
      }),
    )
  })
})

// oxlint-disable-next-line no-control-regex -- what no word can hold
const noNul = (text: string) => !/\u0000/.test(text)
const anyText = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc
      .array(fc.constantFrom('$', '(', ')', '`', '"', "'", '\\', ' ', '\n', ';', '&', '|', '*', '~', '#', 'x', '!'))
      .map((all) => all.join('')),
  )
  .filter(noNul)

describe.runIf(process.platform !== 'win32')('a line for the shell', () => {
  /** What a shell makes of each word, with a mark between them. */
  function saidBy(line: string, value: string): string {
    const { program, words } = launchOf(templateOf({ command: [line], shell: true }, null), itemOf(value), '/own')
    return execFileSync(program, words, { encoding: 'utf8' })
  }

  test(
    'has values as words of their own, bare or between double quotes, whatever they hold',
    { timeout: 30_000 },
    () => {
      fc.assert(
        fc.property(anyText, (value) => {
          const text = Buffer.from(value).toString('utf8')
          expect(saidBy(`printf '<%s>' {} "{}" a{}b "it is \\"{}\\""`, text)).toBe(
            `<${text}><${text}><a${text}b><it is "${text}">`,
          )
        }),
        { numRuns: 60 },
      )
    },
  )

  test('cannot have them between single quotes', () => {
    expect(() => templateOf({ command: ["echo '{}'"], shell: true }, null)).toThrow('between single quotes')
    expect(saidBy(`echo "it's" {} 'an'"d"`, 'x')).toBe("it's x and\n")
  })

  test('is shown as a person would type it, on one line', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        // oxlint-disable-next-line no-control-regex -- what must not be left
        expect(inQuotes(value)).not.toMatch(/[\u0000-\u001f\u007f]/)
      }),
    )
    // oxlint-disable-next-line no-control-regex -- a plain shell has no word for them
    const plain = anyText.filter((text) => !/[\u0000-\u001f\u007f]/.test(text) && text.isWellFormed())
    fc.assert(
      fc.property(plain, (value) => {
        expect(execFileSync('/bin/sh', ['-c', `printf %s ${inQuotes(value)}`], { encoding: 'utf8' })).toBe(value)
      }),
      { numRuns: 60 },
    )
  })
})
