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

async function round(steps: readonly Step[], atOnce?: number): Promise<StepResult[]> {
  const results = await runSteps(steps, atOnce)
  const failed = results.filter((result) => !result.ok)
  faults.push(...failed.map((result) => `${result.name} failed`))
  return results
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

/** Both wait for others most of the time. */
async function runLong(): Promise<void> {
  const [soak, sabotage] = await runSteps([soakStep, withReport('sabotage', vitestStep('sabotage', 10 * 60_000))], 2)
  if (sabotage?.ok !== true) faults.push('sabotage tests failed')
  collect('sabotage')
  // As for every test with real processes: what fails is tried once more, and named.
  const again = soak?.ok === true ? soak : (await runSteps([soakStep]))[0]
  const passed = again?.ok === true
  const names = passed && again !== soak ? ['soak'] : []
  reports.push({ passed: passed ? 1 : 0, failed: passed ? [] : ['soak'], skipped: [], again: names })
}

/** The dashboard in a browser, and the desktop app on the double of Electron. */
const inChromium = [
  { name: 'app', config: 'playwright.config.ts' },
  { name: 'desktop', config: 'playwright.desktop.config.ts' },
]

function chromiumStep({ name, config }: (typeof inChromium)[number], chromium: string): Step {
  return withReport(name, {
    name: `${name} tests`,
    command: [
      'playwright',
      'test',
      `--config=${config}`,
      '--reporter=line,json',
      `--output=${join(reportsFolder, name)}`,
    ],
    env: { CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf(name) },
    limitMs: 20 * 60_000,
  })
}

/** One after the other: each has every core busy by itself. */
async function runInChromium(): Promise<void> {
  const chromium = provideChromium()
  if ('missing' in chromium) faults.push(chromium.missing)
  else
    await round(
      inChromium.map((tests) => chromiumStep(tests, chromium.path)),
      1,
    )
  for (const { name } of inChromium) collect(name)
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
  await round([withReport('process', vitestStep('process', 30 * 60_000))])
  collect('process')
  checkFaultTable()
  await round([withReport('packaging', vitestStep('packaging', 5 * 60_000))])
  collect('packaging')
  await runLong()
  await runInChromium()
}
finish()
