import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildStale, packagesStale } from './stale.ts'
import { root as repository } from './steps.ts'

let root = ''
let clock = 0

/** Each file is written a second after the one before it. */
function write(path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), 'x')
  settle(path)
}

function settle(path: string): void {
  clock += 1000
  for (let at = path; at !== '.'; at = dirname(at)) utimesSync(join(root, at), clock / 1000, clock / 1000)
}

/** What the launcher's shell says of the same tree. */
function shellSays(question: 'build_stale' | 'packages_stale'): boolean {
  const script = `root=$1; . "$2"; if ${question}; then echo stale; else echo fresh; fi`
  const setUp = join(repository, 'scripts/setUp.sh')
  return execFileSync('sh', ['-c', script, 'sh', root, setUp], { encoding: 'utf8' }).trim() === 'stale'
}

function expectBuildStale(stale: boolean): void {
  expect(buildStale(root, join(root, 'out'))).toBe(stale)
  expect(shellSays('build_stale')).toBe(stale)
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gristmill stale '))
  clock = 1_700_000_000_000
  mkdirSync(join(root, 'scripts'))
  writeFileSync(join(root, 'scripts/buildSources.txt'), 'contract\nkinds\npackage-lock.json\n')
  write('contract/job.ts')
  write('package-lock.json')
  write('node_modules/.package-lock.json')
  write('out/main/terminal.js')
  write('out/.stamp')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('a build', () => {
  it('is fresh when nothing is newer than its stamp', () => expectBuildStale(false))

  it('is stale when a source is newer, however deep', () => {
    write('kinds/primes/deep/er/run.ts')
    expectBuildStale(true)
  })

  it('is stale when a source was removed', () => {
    write('contract/old.ts')
    settle('out/.stamp')
    expectBuildStale(false)
    rmSync(join(root, 'contract/old.ts'))
    expectBuildStale(true)
  })

  it('is stale without a stamp, or without its entry', () => {
    rmSync(join(root, 'out/main/terminal.js'))
    expectBuildStale(true)
    write('out/main/terminal.js')
    rmSync(join(root, 'out/.stamp'))
    expectBuildStale(true)
  })

  it('does not mind tests and what is no source', () => {
    writeFileSync(join(root, 'contract/job.test.ts'), 'x')
    utimesSync(join(root, 'contract'), 1_700_000_000, 1_700_000_000)
    write('docs/manual.md')
    expectBuildStale(false)
  })
})

describe('packages', () => {
  const expectPackagesStale = (stale: boolean): void => {
    expect(packagesStale(root)).toBe(stale)
    expect(shellSays('packages_stale')).toBe(stale)
  }

  it('are fresh when installed after the lock file changed', () => expectPackagesStale(false))

  it('are stale when the lock file is newer', () => {
    write('package-lock.json')
    expectPackagesStale(true)
  })

  it('are stale when an installation was cut off', () => {
    rmSync(join(root, 'node_modules/.package-lock.json'))
    expectPackagesStale(true)
  })
})

it('the list of sources names every folder that the build may read', () => {
  const sources = readFileSync(join(repository, 'scripts/buildSources.txt'), 'utf8').split('\n')
  const { include } = JSON.parse(readFileSync(join(repository, 'tsconfig.node.json'), 'utf8')) as { include: string[] }
  const built = include.filter((name) => !['scripts', 'tests', '*.config.ts'].includes(name))
  expect(built).not.toEqual([])
  for (const folder of [...built, 'renderer', 'electron']) expect(sources).toContain(folder)
})
