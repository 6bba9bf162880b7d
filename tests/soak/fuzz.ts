import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readReport } from '../../scripts/reports.ts'

/** Runs every suite that sends a boundary what may be anything (it asks tests/harness/fuzzRuns.ts how often), with so many cases. */
export interface Fuzzed {
  /** For each test; of those that start a process for each, one in 25. */
  cases: number
  tests: number
}

const root = resolve(import.meta.dirname, '../..')

export async function fuzz(cases: number, fault: (sentence: string) => void): Promise<Fuzzed> {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-fuzz-'))
  try {
    const report = join(folder, 'report.json')
    const args = [...suites(), '--retry=0', '--reporter=json', `--outputFile=${report}`]
    const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args], {
      cwd: root,
      env: { ...process.env, GRISTMILL_FUZZ_RUNS: String(cases) },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await once(child, 'close')
    const { passed, failed } = readReport(report)
    for (const name of failed) fault(`fuzz: ${name}`)
    return { cases, tests: passed + failed.length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function suites(): string[] {
  const found = execFileSync('git', ['grep', '-l', 'harness/fuzzRuns', '--', '*.test.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  return found.trim().split('\n')
}
