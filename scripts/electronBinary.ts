import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Finds the Electron program of this tree without ever loading its package: that would fetch 120 MB at once. Either its own download is
 * there, of the version that package.json names, or ELECTRON_OVERRIDE_DIST_PATH names a folder with one.
 */
export type FoundElectron = { path: string } | { missing: string }

export function findElectron(root: string, env: NodeJS.ProcessEnv): FoundElectron {
  const folder = join(root, 'node_modules/electron')
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest)) return { missing: 'the package electron is not installed; type: npm ci' }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const other = env['ELECTRON_OVERRIDE_DIST_PATH']
  const dist = other ?? join(folder, 'dist')
  const path = join(dist, textOf(join(folder, 'path.txt')) ?? 'electron')
  if (!existsSync(path))
    return { missing: `Electron ${version} has not been downloaded; type: npx install-electron --no` }
  const found = textOf(join(dist, 'version'))?.replace(/^v/, '')
  if (other === undefined && found !== version)
    return {
      missing: `Electron ${found ?? 'of an unknown version'} is there, and ${version} is wanted; type: npx install-electron --no`,
    }
  return { path }
}

function textOf(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null
}
