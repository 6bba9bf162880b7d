import { describe, expect, it } from 'vitest'
import { addReports, parseReport } from './reports.ts'

const vitest = (files: { status: string; tests: [string, string, ...string[]][] }[]): string =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      name: 'a.test.ts',
      status,
      assertionResults: tests.map(([title, state, ...failureMessages]) => ({
        ancestorTitles: ['the mill'],
        title,
        status: state,
        failureMessages,
      })),
    })),
  })

const playwright = (states: string[], errors: unknown[] = []): string =>
  JSON.stringify({
    errors,
    suites: [
      {
        title: 'drop.spec.ts',
        specs: [{ title: 'on top', tests: [{ status: states[0] }] }],
        suites: [
          { title: 'the page', specs: states.slice(1).map((status, i) => ({ title: `t${i}`, tests: [{ status }] })) },
        ],
      },
    ],
  })

describe('reports of vitest', () => {
  it('counts each test by its state and names all but those that simply passed', () => {
    const text = vitest([
      {
        status: 'failed',
        tests: [
          ['turns', 'passed'],
          ['stops', 'failed', 'AssertionError: expected 1\n  at here'],
          ['goes on', 'passed', 'Error: not at first'],
          ['rests', 'skipped'],
          ['later', 'todo'],
        ],
      },
    ])
    expect(parseReport(text, 'x')).toEqual({
      passed: 2,
      failed: ['the mill > stops: AssertionError: expected 1   at here'],
      skipped: ['the mill > rests', 'the mill > later'],
      again: ['the mill > goes on'],
    })
  })

  it('a file that could not be loaded is one failure', () => {
    expect(parseReport(vitest([{ status: 'failed', tests: [] }]), 'x')).toEqual({
      passed: 0,
      failed: ['a.test.ts'],
      skipped: [],
      again: [],
    })
  })

  it('a state that is not known is a failure', () => {
    expect(parseReport(vitest([{ status: 'passed', tests: [['odd', 'perhaps']] }]), 'x').failed).toEqual([
      'the mill > odd',
    ])
  })
})

describe('reports of Playwright', () => {
  it('counts tests on every level, and names a flaky one', () => {
    const report = parseReport(playwright(['expected', 'unexpected', 'flaky', 'skipped', 'expected']), 'x')
    expect(report).toEqual({
      passed: 3,
      failed: ['the page > t0'],
      skipped: ['the page > t2'],
      again: ['the page > t1'],
    })
  })

  it('errors outside tests are failures', () => {
    expect(parseReport(playwright(['expected'], [{ message: 'no browser' }]), 'x').failed).toEqual([
      'outside the tests: no browser',
    ])
  })
})

describe('reports', () => {
  it('anything else is refused', () => {
    expect(() => parseReport('{}', 'some.json')).toThrow('some.json is not a report')
    expect(() => parseReport('', 'some.json')).toThrow(SyntaxError)
  })

  it('add up', () => {
    const one = { passed: 2, failed: ['x'], skipped: ['a'], again: [] }
    expect(addReports([one, { passed: 3, failed: [], skipped: ['b'], again: ['c'] }])).toEqual({
      passed: 5,
      failed: ['x'],
      skipped: ['a', 'b'],
      again: ['c'],
    })
    expect(addReports([])).toEqual({ passed: 0, failed: [], skipped: [], again: [] })
  })
})
