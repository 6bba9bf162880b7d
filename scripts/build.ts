import { spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { compileKernels } from './kernels.ts'

/**
 * Builds the app into out/ (GRISTMILL_OUT names another folder), quiet unless it fails. It builds beside the folder and swaps, so that
 * a build that fails or is cut off leaves the last one whole. The stamp carries the instant at which the build started: a source that
 * changes meanwhile is newer.
 */
const root = resolve(import.meta.dirname, '..')

function build(out: string): number {
  // Before the instant of the stamp: what it writes is a source.
  compileKernels()
  const startedAt = new Date()
  const fresh = besides(out, 'building')
  const electronVite = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [electronVite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, GRISTMILL_OUT: fresh, NODE_ENV: 'production' },
    encoding: 'utf8',
  })
  if (status !== 0) {
    process.stderr.write(stdout + stderr)
    rmSync(fresh, { recursive: true, force: true })
    return status ?? 1
  }
  const stamp = join(fresh, '.stamp')
  writeFileSync(stamp, `${startedAt.toISOString()}\n`)
  utimesSync(stamp, startedAt, startedAt)
  swap(fresh, out)
  return 0
}

function swap(fresh: string, out: string): void {
  const old = besides(out, 'old')
  if (existsSync(out)) renameSync(out, old)
  renameSync(fresh, out)
  rmSync(old, { recursive: true, force: true })
}

function besides(out: string, what: string): string {
  return join(dirname(out), `${basename(out)}.${what}-${process.pid}`)
}

process.exitCode = build(resolve(process.env['GRISTMILL_OUT'] ?? join(root, 'out')))
