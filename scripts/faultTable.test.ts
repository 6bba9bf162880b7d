import { describe, expect, test } from 'vitest'
import { compareFaults, parseFaultRows, readFaultRows } from './faultTable.ts'

const table = `Words.

| fault | reaction | test |
| ----- | -------- | ---- |
| a worker is killed | another goes on | \`one.test.ts\`, \`two.test.ts\` |
| a disk is full | it waits | \`three.test.ts\` |

More words.
`
const rows = parseFaultRows(table)
const said = (fault: string, file: string, skipped = false) => ({ fault, test: file, skipped })
const all = [
  said('a worker is killed', 'one.test.ts'),
  said('a worker is killed', 'two.test.ts'),
  said('a disk is full', 'three.test.ts', true),
]

describe('the table of faults', () => {
  test('is read with the files that it names', () => {
    expect(rows).toEqual([
      { fault: 'a worker is killed', tests: ['one.test.ts', 'two.test.ts'] },
      { fault: 'a disk is full', tests: ['three.test.ts'] },
    ])
  })

  test('of docs/reliability.md has each fault once, and each with a test', () => {
    const own = readFaultRows()
    expect(own.length).toBeGreaterThan(20)
    expect(new Set(own.map(({ fault }) => fault)).size).toBe(own.length)
    expect(own.filter(({ tests }) => tests.length === 0)).toEqual([])
  })

  test('agrees with tests that injected all of it, or said why they could not', () => {
    expect(compareFaults(rows, all)).toEqual([])
  })

  test.each([
    ['a fault of it that nobody injected', all.slice(0, 2), /tells of a fault that no test injected: a disk is full/],
    ['a file of it that did not', all.slice(1), /one\.test\.ts did not inject/],
    ['a fault that it lacks', [...all, said('a cat walks by', 'one.test.ts')], /lacks a fault of one\.test\.ts: a cat/],
    ['a file that it lacks', [...all, said('a disk is full', 'one.test.ts')], /does not name one\.test\.ts/],
  ])('fails over %s', (_, records, complaint) => {
    expect(compareFaults(rows, records)).toEqual([expect.stringMatching(complaint)])
  })
})
