import { describe, expect, it } from 'vitest'
import type { KindInfo } from '../../../contract/api.ts'
import type { Readable } from '../../../contract/dataset.ts'
import { fitKinds } from './fit.ts'

const kind = (id: string, fields: Partial<KindInfo>): KindInfo => ({
  id,
  version: 1,
  title: id,
  summary: '',
  accepts: ['text'],
  inputs: 'required',
  open: false,
  group: 'work',
  params: {},
  result: {},
  ...fields,
})
const kinds = [
  kind('hash', { accepts: ['binary', 'text'] }),
  kind('words', {}),
  kind('primes', { inputs: 'optional' }),
  kind('range', { inputs: 'none', accepts: [] }),
]
const fitting = (...inputs: ('text' | 'binary' | null)[]) =>
  fitKinds(
    kinds,
    inputs.map((input) => (input === null ? null : [input])),
  )
    .filter(({ obstacle }) => obstacle === null)
    .map((fit) => fit.kind.id)

describe('fitting kinds', () => {
  it('are those that need no file when there is none', () => {
    expect(fitting()).toEqual(['primes', 'range'])
  })

  it('read every one of the inputs', () => {
    expect(fitting('text')).toEqual(['words', 'hash', 'primes'])
    expect(fitting('text', 'binary')).toEqual(['hash'])
  })

  it('are not ruled out by an input that has not been looked at', () => {
    expect(fitting(null)).toEqual(['words', 'hash', 'primes'])
  })

  it.each([{ given: kinds }, { given: kinds.toReversed() }])(
    'that live on one form of files come first',
    ({ given }) => {
      const fits = fitKinds(given, [['text']])
      expect(fits.map(({ kind }) => kind.id)).toEqual(['words', 'hash', 'primes', 'range'])
    },
  )

  it('for what a file is by itself come before those for what it can be read as too', () => {
    const rows = kind('rows', { accepts: ['table'] })
    const first = (...forms: Readable[]) => fitKinds([rows, ...kinds], [forms])[0]?.kind.id
    expect([first('text', 'table'), first('table', 'text')]).toEqual(['words', 'rows'])
  })

  it('made for what a file is best read as come before those that can read it too', () => {
    const both = [kind('rows', { accepts: ['table'] }), kind('sort', { accepts: ['text', 'table'] }), kind('words', {})]
    const first = (...forms: ('text' | 'table')[]) => fitKinds(both, [forms]).map((fit) => fit.kind.id)
    expect(first('text', 'table')).toEqual(['words', 'sort', 'rows'])
    expect(first('table', 'text')).toEqual(['rows', 'sort', 'words'])
  })

  it('come first, the others say why not', () => {
    expect(fitKinds(kinds, [['binary']]).map(({ kind, obstacle }) => [kind.id, obstacle])).toEqual([
      ['hash', null],
      ['words', 'Reads text files only.'],
      ['primes', 'Reads text files only.'],
      ['range', 'Takes no files.'],
    ])
  })
})
