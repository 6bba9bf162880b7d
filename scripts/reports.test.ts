import { describe, expect, it } from 'vitest'
import { addReports, parseReport } from './reports.ts'

const vitest = (files: { status: string; tests: [string, string][] }[]): string =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      name: 'a.test.ts',
      status,
      assertionResults: tests.map(([title, state]) => ({ ancestorTitles: ['the mill'], title, status: state })),
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
  it('counts each test by its state and names what was skipped', () => {
    const text = vitest([
      {
        status: 'failed',
        tests: [
          ['turns', 'passed'],
          ['stops', 'failed'],
          ['rests', 'skipped'],
          ['later', 'todo'],
        ],
      },
    ])
    expect(parseReport(text, 'x')).toEqual({ passed: 1, failed: 1, skipped: ['the mill > rests', 'the mill > later'] })
  })

  it('a file that could not be loaded is one failure', () => {
    expect(parseReport(vitest([{ status: 'failed', tests: [] }]), 'x')).toEqual({ passed: 0, failed: 1, skipped: [] })
  })

  it('a state that is not known is a failure', () => {
    expect(parseReport(vitest([{ status: 'passed', tests: [['odd', 'perhaps']] }]), 'x').failed).toBe(1)
  })
})

describe('reports of Playwright', () => {
  it('counts tests on every level, and a flaky one as failed', () => {
    const report = parseReport(playwright(['expected', 'unexpected', 'flaky', 'skipped', 'expected']), 'x')
    expect(report).toEqual({ passed: 2, failed: 2, skipped: ['the page > t2'] })
  })

  it('errors outside tests are failures', () => {
    expect(parseReport(playwright(['expected'], [{ message: 'no browser' }]), 'x').failed).toBe(1)
  })
})

describe('reports', () => {
  it('anything else is refused', () => {
    expect(() => parseReport('{}', 'some.json')).toThrow('some.json is not a report')
    expect(() => parseReport('', 'some.json')).toThrow(SyntaxError)
  })

  it('add up', () => {
    const one = { passed: 2, failed: 1, skipped: ['a'] }
    expect(addReports([one, { passed: 3, failed: 0, skipped: ['b'] }])).toEqual({
      passed: 5,
      failed: 1,
      skipped: ['a', 'b'],
    })
    expect(addReports([])).toEqual({ passed: 0, failed: 0, skipped: [] })
  })
})
