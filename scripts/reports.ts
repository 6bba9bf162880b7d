import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

/**
 * Reads the runners' own JSON reports into one form. A file that could not be loaded counts as one failed test, and so does anything
 * whose state is not known: what is not counted cannot be wrong. A test that passed at the second attempt passed, and is named.
 */
export interface Report {
  passed: number
  /** A line for each: its name and what it said first. */
  failed: string[]
  /** The names of tests that did not run. */
  skipped: string[]
  /** The names of tests that passed only when they were tried again. */
  again: string[]
}

interface VitestReport {
  testResults: {
    name: string
    status: string
    message?: string
    assertionResults: { ancestorTitles: string[]; title: string; status: string; failureMessages: string[] }[]
  }[]
}

interface PlaywrightSuite {
  title: string
  suites?: PlaywrightSuite[]
  specs?: { title: string; tests: PlaywrightTest[] }[]
}

interface PlaywrightTest {
  status: string
  results?: { error?: { message?: string } }[]
}

interface PlaywrightReport {
  suites: PlaywrightSuite[]
  errors: { message?: string }[]
}

export function readReport(path: string): Report {
  return parseReport(readFileSync(path, 'utf8'), path)
}

export function parseReport(text: string, path: string): Report {
  const report = JSON.parse(text) as Partial<VitestReport & PlaywrightReport>
  if (report.testResults) return countVitest(report.testResults)
  if (report.suites && report.errors) return countPlaywright({ suites: report.suites, errors: report.errors })
  throw new Error(`${path} is not a report of vitest or Playwright`)
}

export function addReports(reports: readonly Report[]): Report {
  return {
    passed: reports.reduce((sum, report) => sum + report.passed, 0),
    failed: reports.flatMap((report) => report.failed),
    skipped: reports.flatMap((report) => report.skipped),
    again: reports.flatMap((report) => report.again),
  }
}

function countVitest(files: VitestReport['testResults']): Report {
  return addReports(
    files.map((file) => {
      const report = count(
        file.assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => ({
          name: [...ancestorTitles, title].join(' > '),
          status: vitestStatus(status, failureMessages.length > 0),
          said: failureMessages[0],
        })),
      )
      const failedToLoad = file.status === 'failed' && report.failed.length === 0
      return failedToLoad ? { ...report, failed: [line(file.name, file.message)] } : report
    }),
  )
}

function countPlaywright({ suites, errors }: PlaywrightReport): Report {
  const tests = suites.flatMap((file) =>
    (file.suites ?? []).flatMap((suite) => testsOf(suite, [])).concat(specsOf(file, [])),
  )
  const report = count(tests)
  return { ...report, failed: [...report.failed, ...errors.map(({ message }) => line('outside the tests', message))] }
}

function testsOf(suite: PlaywrightSuite, above: readonly string[]): Counted[] {
  const titles = [...above, suite.title]
  return [...specsOf(suite, titles), ...(suite.suites ?? []).flatMap((inner) => testsOf(inner, titles))]
}

function specsOf(suite: PlaywrightSuite, titles: readonly string[]): Counted[] {
  return (suite.specs ?? []).flatMap((spec) =>
    spec.tests.map(({ status, results }) => ({
      name: [...titles, spec.title].join(' > '),
      status: playwrightStatus(status),
      said: results?.[0]?.error?.message,
    })),
  )
}

interface Counted {
  name: string
  status: 'passed' | 'failed' | 'skipped' | 'again'
  said: string | undefined
}

function count(tests: readonly Counted[]): Report {
  const withStatus = (status: Counted['status']): Counted[] => tests.filter((test) => test.status === status)
  const again = withStatus('again')
  return {
    passed: withStatus('passed').length + again.length,
    failed: withStatus('failed').map(({ name, said }) => line(name, said)),
    skipped: withStatus('skipped').map((test) => test.name),
    again: again.map((test) => test.name),
  }
}

function line(name: string, said = ''): string {
  const text = stripVTControlCharacters(said).split('\n').slice(0, 3).join(' ')
  return text === '' ? name : `${name}: ${text.slice(0, 300)}`
}

/** A test that passed keeps what its earlier attempts said. */
function vitestStatus(status: string, failedBefore: boolean): Counted['status'] {
  if (status === 'passed') return failedBefore ? 'again' : 'passed'
  return ['skipped', 'pending', 'todo', 'disabled'].includes(status) ? 'skipped' : 'failed'
}

function playwrightStatus(status: string): Counted['status'] {
  if (status === 'expected') return 'passed'
  if (status === 'flaky') return 'again'
  return status === 'skipped' ? 'skipped' : 'failed'
}
