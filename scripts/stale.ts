import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * Whether the packages or the build are older than what they are made from: scripts/setUp.sh's two questions for a machine without a
 * POSIX shell. As a program (`stale.ts packages`, `stale.ts build`) it exits with 1 for stale, 0 for fresh. Both read the same list,
 * scripts/buildSources.txt.
 */
const isTest = /\.test\.tsx?$/

export function packagesStale(root: string): boolean {
  const installed = join(root, 'node_modules/.package-lock.json')
  return !existsSync(installed) || modifiedAt(join(root, 'package-lock.json')) > modifiedAt(installed)
}

export function buildStale(root: string, out: string): boolean {
  const stamp = join(out, '.stamp')
  if (!existsSync(stamp) || !existsSync(join(out, 'main/terminal.js'))) return true
  const builtAt = modifiedAt(stamp)
  const sources = readFileSync(join(root, 'scripts/buildSources.txt'), 'utf8').split('\n').filter(Boolean)
  return sources.some((source) => anyNewer(join(root, source), builtAt))
}

function anyNewer(path: string, at: number): boolean {
  if (!existsSync(path) || isTest.test(path)) return false
  const stat = statSync(path)
  // A folder counts too: its time tells of files that were removed.
  if (stat.mtimeMs > at) return true
  return stat.isDirectory() && readdirSync(path).some((name) => anyNewer(join(path, name), at))
}

function modifiedAt(path: string): number {
  return statSync(path).mtimeMs
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..')
  const stale = process.argv[2] === 'packages' ? packagesStale(root) : buildStale(root, join(root, 'out'))
  process.exitCode = stale ? 1 : 0
}
