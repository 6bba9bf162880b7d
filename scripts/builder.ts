import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.ts'

/**
 * electron-builder on demand: it brings 96 MB that only a release and the packaging tests need, so it is no dependency of ours. It is
 * fetched once into node_modules/.cache and stays there.
 */
export const builderVersion = '26.17.0'

export type Builder = { folder: string } | { missing: string }

const limitMs = 90_000
/** What npm ends with when it did not get an answer; anything else is a fault to be seen. */
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED|ERR_SOCKET_TIMEOUT)\b/

/** The folder whose node_modules has it, or why the registry could not be asked. */
export function provideBuilder(): Builder {
  const cache = join(root, 'node_modules/.cache')
  const folder = join(cache, `electron-builder-${builderVersion}`)
  if (existsSync(folder)) return { folder }
  mkdirSync(cache, { recursive: true })
  const fresh = mkdtempSync(join(cache, 'electron-builder-'))
  try {
    const missing = install(fresh)
    if (missing !== null) return { missing }
    settle(fresh, folder)
    return { folder }
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function install(folder: string): string | null {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=30000']
  const windows = process.platform === 'win32'
  const { status, signal, stdout, stderr } = spawnSync(
    windows ? 'npm.cmd' : 'npm',
    [
      'install',
      `electron-builder@${builderVersion}`,
      '--prefer-offline',
      '--ignore-scripts',
      '--no-audit',
      ...patience,
    ],
    { cwd: folder, encoding: 'utf8', timeout: limitMs, shell: windows },
  )
  if (status === 0) return null
  const why = whyUnreachable({ signal, told: `${stdout}${stderr}` })
  return `electron-builder ${builderVersion} cannot be fetched: ${why}`
}

/** How npm failed to reach its registry; throws when it failed for another reason. */
export function whyUnreachable({ signal, told }: { signal: string | null; told: string }): string {
  const code = unreachable.exec(told)?.[0]
  if (code !== undefined) return code
  if (signal !== null) return `no answer in ${limitMs / 1000} s`
  throw new Error(`installing electron-builder failed:\n${told}`)
}

/** Two at once both fetch it; the first one's stays. */
function settle(fresh: string, folder: string): void {
  try {
    renameSync(fresh, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}
