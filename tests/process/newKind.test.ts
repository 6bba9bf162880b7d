import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Adding a kind is adding a folder: a copy of the tree gets one, is built into a folder of its own, and has the kind. */
const root = resolve(import.meta.dirname, '../..')
const fixture = join(root, 'tests/fixtures/kinds/countBytes')
let folder = ''

/** What the app built into `out` prints as JSON. */
function gristmill(out: string, ...args: string[]): unknown {
  const stdout = execFileSync(process.execPath, [join(out, 'main/terminal.js'), ...args], {
    cwd: folder,
    env: { ...process.env, GRISTMILL_HOME: join(folder, 'home') },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return JSON.parse(stdout)
}

function copyTrackedTree(to: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(to, file)), { recursive: true })
    cpSync(join(root, file), join(to, file))
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-new-kind-'))
  const tree = join(folder, 'tree')
  copyTrackedTree(tree)
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  cpSync(fixture, join(tree, 'kinds/countBytes'), { recursive: true })
  execFileSync(process.execPath, [join(tree, 'scripts/build.ts')], {
    env: { ...process.env, GRISTMILL_OUT: join(folder, 'tree/built') },
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a kind whose folder was copied in', () => {
  it('is among the kinds', () => {
    expect(gristmill(join(folder, 'tree/built'), 'kinds', '--json')).toContainEqual(
      expect.objectContaining({ id: 'count-bytes' }),
    )
  })

  it('runs on a real file, in several tasks, and its answer is the file’s size', () => {
    const file = join(root, 'resources/samples/words.txt')
    const ran = gristmill(join(folder, 'tree/built'), 'run', 'count-bytes', file, '--split', '64K', '--json') as {
      job: { state: string; tasks: { succeeded: number } }
      result: { bytes: number }
    }
    expect(ran.job.state).toBe('succeeded')
    expect(ran.job.tasks.succeeded).toBeGreaterThanOrEqual(4)
    expect(ran.result.bytes).toBe(statSync(file).size)
  })

  it('is not in the tree that it was copied from', () => {
    expect(gristmill(join(root, 'out'), 'kinds', '--json')).not.toContainEqual(
      expect.objectContaining({ id: 'count-bytes' }),
    )
  })
})
