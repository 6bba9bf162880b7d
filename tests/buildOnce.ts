import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { buildStale } from '../scripts/stale.ts'

/** Vitest's global set-up for what forks the app: out/ is built once, when a source is newer than it. */
export function setup(): void {
  const root = resolve(import.meta.dirname, '..')
  if (buildStale(root, join(root, 'out')))
    execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' })
}
