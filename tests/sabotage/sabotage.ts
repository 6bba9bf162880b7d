import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { readReport } from '../../scripts/reports.ts'
import { copyTree } from '../faults/kindsBuild.ts'

/**
 * A sabotage is a patch that breaks one promise in a copy of the tree, the suite that has to notice, and the words by which it does: of
 * the name of a test that fails, or of a fault that the soak finds. It stands in one file, the words above the patch.
 */
const root = resolve(import.meta.dirname, '../..')
const longestMs = 150_000

export interface Sabotage {
  /** What is broken. */
  what: string
  /** `soak` or `vitest`, with arguments. */
  suite: readonly string[]
  red: string
  patch: string
}

export function readSabotage(path: string): Sabotage {
  const text = readFileSync(path, 'utf8')
  const start = text.indexOf('diff --git ')
  if (start < 0) throw new Error(`${path} holds no patch`)
  const field = (name: string): string => {
    const value = new RegExp(`^${name}: (.+)$`, 'm').exec(text.slice(0, start))?.[1]
    if (value === undefined) throw new Error(`${path} does not say its ${name}`)
    return value
  }
  return { what: field('what'), suite: field('suite').split(' '), red: field('red'), patch: text.slice(start) }
}

/** What failed in a copy of the tree with the patch applied: names of tests, or faults of the soak. Without a patch the copy is whole. */
export async function sabotage({
  suite,
  patch,
}: Pick<Sabotage, 'suite'> & { patch: string | null }): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-sabotage-'))
  try {
    const tree = join(folder, 'tree')
    copyTree(tree)
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
    if (patch !== null) applyPatch(tree, patch)
    // The soak builds a copy of its own of what git knows.
    execFileSync('git', ['init', '--quiet'], { cwd: tree })
    return await runSuite(tree, suite)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function applyPatch(tree: string, patch: string): void {
  try {
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: tree, input: patch, stdio: 'pipe' })
  } catch (error) {
    throw new Error(`the patch no longer applies: make it anew\n${String(error)}`, { cause: error })
  }
}

async function runSuite(tree: string, [runner, ...args]: readonly string[]): Promise<string[]> {
  if (runner === 'soak') {
    const { stdout, stderr } = await run(tree, ['scripts/soak.ts', ...args])
    if (stdout === '') return [`the soak ended without a report: ${stderr}`]
    return z.object({ faults: z.array(z.string()) }).parse(JSON.parse(stdout)).faults
  }
  const report = join(tree, 'report.json')
  const reporting = ['--retry=0', '--reporter=json', `--outputFile=${report}`]
  const { stderr } = await run(tree, ['node_modules/vitest/vitest.mjs', 'run', ...args, ...reporting])
  if (!existsSync(report)) throw new Error(`vitest ended without a report: ${stderr}`)
  return readReport(report).failed
}

/** In a group of its own, so that a suite that hangs is ended with everything that it started. */
function run(cwd: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  return new Promise((settle, reject) => {
    const late = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      reject(new Error(`${args.join(' ')} took longer than ${longestMs / 1000} s: ${said.stderr}`))
    }, longestMs)
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(late)
      settle(said)
    })
  })
}
