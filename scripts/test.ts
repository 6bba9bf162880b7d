import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { staticSteps, vitestStep } from './chains.ts'
import { provideChromium } from './chromium.ts'
import { compareFaults, readFaultRecords, readFaultRows } from './faultTable.ts'
import { addReports, readReport, type Report } from './reports.ts'
import { judgeSkips, type AllowedSkip } from './skips.ts'
import { root, runSteps, type Step, type StepResult } from './steps.ts'

/**
 * Everything that is checked, in rounds: what needs no build, the build, what runs the built app. A later round starts even when an
 * earlier one failed, so that one run tells all; only a failed build ends it. The last line is added up from the runners' own reports,
 * and whatever else went wrong makes the run fail by its exit code and stands in the line before it.
 */
const reportsFolder = join(root, 'test-results')
const faults: string[] = []
const reports: Report[] = []

async function round(steps: readonly Step[]): Promise<StepResult[]> {
  const results = await runSteps(steps)
  noteFailed(results)
  return results
}

function noteFailed(results: readonly StepResult[]): void {
  faults.push(...results.filter((result) => !result.ok).map((result) => `${result.name} failed`))
}

const reportOf = (name: string): string => join(reportsFolder, `${name}.json`)

/** Of a runner that leaves a report only the failed tests are shown; all that it printed stays in a file beside the report. */
function withReport(name: string, step: Step): Step {
  const explain = (output: string): string => {
    const log = join(reportsFolder, `${name}.log`)
    mkdirSync(reportsFolder, { recursive: true })
    writeFileSync(log, output)
    const failed = existsSync(reportOf(name)) ? readReport(reportOf(name)).failed : []
    return failed.length === 0 ? output.trimEnd() : [...failed, `(more in ${log})`].join('\n')
  }
  return { ...step, explain }
}

function collect(name: string): void {
  try {
    reports.push(readReport(reportOf(name)))
  } catch (error) {
    faults.push(`no report of the ${name} tests: ${String(error)}`)
  }
}

/** Two minutes of the same trouble at each run; other seeds are for `npm run soak`. It counts as one test. */
const soakStep: Step = {
  name: 'soak',
  command: ['node', 'scripts/soak.ts', '--minutes', '2', '--seed', '202', '--fuzz', '0'],
  limitMs: 10 * 60_000,
  // What it did and what was wrong, without the report's figures.
  explain: (output) => output.match(/^soak: .*$/gm)?.join('\n') ?? output.trimEnd(),
}

/** The dashboard in a browser, and the desktop app on the double of Electron. */
const configs = { app: 'playwright.config.ts', desktop: 'playwright.desktop.config.ts' }

function chromiumStep(name: keyof typeof configs, chromium: string): Step {
  return withReport(name, {
    name: `${name} tests`,
    command: [
      'playwright',
      'test',
      `--config=${configs[name]}`,
      '--reporter=line,json',
      `--output=${join(reportsFolder, name)}`,
    ],
    env: { CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf(name) },
    limitMs: 15 * 60_000,
  })
}

/**
 * What is left, two at once: none of it has two cores busy by itself, and none promises anything within less than many seconds. What does
 * is among the process tests, which have the machine to themselves.
 */
async function runRest(): Promise<void> {
  const chromium = provideChromium()
  if ('missing' in chromium) faults.push(chromium.missing)
  const inChromium =
    'missing' in chromium ? [] : [chromiumStep('app', chromium.path), chromiumStep('desktop', chromium.path)]
  // The longest first, so that none is left to run alone.
  const steps = [
    ...inChromium,
    soakStep,
    withReport('sabotage', vitestStep('sabotage', 10 * 60_000)),
    withReport('packaging', vitestStep('packaging', 5 * 60_000)),
  ]
  const results = await runSteps(steps, 2)
  const soak = results.find(({ name }) => name === soakStep.name)
  noteFailed(results.filter((result) => result !== soak))
  for (const name of ['sabotage', 'packaging', 'desktop', 'app']) collect(name)
  const passed = soak?.ok === true
  reports.push({ passed: passed ? 1 : 0, failed: passed ? [] : ['soak'], skipped: [], again: [] })
}

/** What the tests have provoked is what docs/reliability.md promises to survive. */
function checkFaultTable(): void {
  const rows = readFaultRows()
  const records = readFaultRecords()
  const skipped = new Set(records.filter((record) => record.skipped).map(({ fault }) => fault))
  const injected = new Set(records.filter((record) => !record.skipped).map(({ fault }) => fault))
  faults.push(...compareFaults(rows, records))
  const left = [...skipped].filter((fault) => !injected.has(fault))
  const text = left.length === 0 ? '' : `; not to be had here: ${left.join(', ')}`
  console.log(`${injected.size} of ${rows.length} faults of docs/reliability.md were injected${text}`)
}

function finish(): void {
  const total = addReports(reports)
  const allowed = JSON.parse(readFileSync(join(root, 'tests/skips.json'), 'utf8')) as AllowedSkip[]
  const skips = judgeSkips(total.skipped, allowed)
  faults.push(...skips.faults)
  if (total.passed === 0) faults.push('no test passed')
  for (const note of skips.notes) console.log(note)
  for (const name of total.again) console.log(`passed at the second attempt: ${name}`)
  for (const fault of faults) console.log(fault)
  console.log(`${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped`)
  process.exitCode = faults.length === 0 && total.failed.length === 0 ? 0 : 1
}

rmSync(reportsFolder, { recursive: true, force: true })
await round(staticSteps)
await round([withReport('unit', vitestStep('unit', 10 * 60_000))])
collect('unit')
const [build] = await round([{ name: 'build', command: ['node', 'scripts/build.ts'] }])
if (build?.ok === true) {
  await round([withReport('process', vitestStep('process', 20 * 60_000))])
  collect('process')
  checkFaultTable()
  await runRest()
}
finish()
