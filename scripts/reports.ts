import { readFileSync } from 'node:fs'

/**
 * Reads the runners' own JSON reports into one form. A file that could not be loaded counts as one failed test, and so does anything
 * whose state is not known: what is not counted cannot be wrong.
 */
export interface Report {
  passed: number
  failed: number
  /** The names of tests that did not run. */
  skipped: string[]
}

interface VitestReport {
  testResults: {
    name: string
    status: string
    assertionResults: { ancestorTitles: string[]; title: string; status: string }[]
  }[]
}

interface PlaywrightSuite {
  title: string
  suites?: PlaywrightSuite[]
  specs?: { title: string; tests: { status: string }[] }[]
}

interface PlaywrightReport {
  suites: PlaywrightSuite[]
  errors: unknown[]
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
    failed: reports.reduce((sum, report) => sum + report.failed, 0),
    skipped: reports.flatMap((report) => report.skipped),
  }
}

function countVitest(files: VitestReport['testResults']): Report {
  return addReports(
    files.map((file) => {
      const report = count(
        file.assertionResults.map(({ ancestorTitles, title, status }) => ({
          name: [...ancestorTitles, title].join(' > '),
          status: vitestStatus(status),
        })),
      )
      const failedToLoad = file.status === 'failed' && report.failed === 0
      return failedToLoad ? { ...report, failed: 1 } : report
    }),
  )
}

function countPlaywright({ suites, errors }: PlaywrightReport): Report {
  const tests = suites.flatMap((file) =>
    (file.suites ?? []).flatMap((suite) => testsOf(suite, [])).concat(specsOf(file, [])),
  )
  const report = count(tests)
  return { ...report, failed: report.failed + errors.length }
}

function testsOf(suite: PlaywrightSuite, above: readonly string[]): Counted[] {
  const titles = [...above, suite.title]
  return [...specsOf(suite, titles), ...(suite.suites ?? []).flatMap((inner) => testsOf(inner, titles))]
}

function specsOf(suite: PlaywrightSuite, titles: readonly string[]): Counted[] {
  return (suite.specs ?? []).flatMap((spec) =>
    spec.tests.map(({ status }) => ({ name: [...titles, spec.title].join(' > '), status: playwrightStatus(status) })),
  )
}

interface Counted {
  name: string
  status: 'passed' | 'failed' | 'skipped'
}

function count(tests: readonly Counted[]): Report {
  const withStatus = (status: Counted['status']): Counted[] => tests.filter((test) => test.status === status)
  return {
    passed: withStatus('passed').length,
    failed: withStatus('failed').length,
    skipped: withStatus('skipped').map((test) => test.name),
  }
}

function vitestStatus(status: string): Counted['status'] {
  if (status === 'passed') return 'passed'
  return ['skipped', 'pending', 'todo', 'disabled'].includes(status) ? 'skipped' : 'failed'
}

/** A flaky test failed at least once, so it failed. */
function playwrightStatus(status: string): Counted['status'] {
  if (status === 'expected') return 'passed'
  return status === 'skipped' ? 'skipped' : 'failed'
}
