import { accessSync, constants, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'

/**
 * Where Electron's program is, found by reading files. Its package is never imported: importing it fetches the program.
 * `installer` is the package's own script that fetches it, where that may help.
 */
export type ElectronProgram =
  | { found: true; program: string; version: string }
  | { found: false; why: string; fetch: { installer: string; version: string } | null }

export interface Search {
  /** A file of ours: packages are looked for from here. */
  from: string
  env: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
}

const manifest = z.object({ version: z.string() })

export function findElectron({ from, env, platform }: Search): ElectronProgram {
  const folder = packageFolder(from)
  if (folder === null) return { found: false, why: 'Electron is not installed', fetch: null }
  const { version } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  const override = env['ELECTRON_OVERRIDE_DIST_PATH']
  return override ? findIn(override, { folder, version, platform }) : findFetched(folder, version)
}

/** As Electron's own index.js: the folder replaces dist, and path.txt still names the program where it is there. */
function findIn(dist: string, of: { folder: string; version: string; platform: NodeJS.Platform }): ElectronProgram {
  const program = join(dist, readText(join(of.folder, 'path.txt')) ?? usualName(of.platform))
  if (isProgram(program)) return { found: true, program, version: of.version }
  return { found: false, why: `ELECTRON_OVERRIDE_DIST_PATH is set, and ${program} is no program`, fetch: null }
}

function findFetched(folder: string, version: string): ElectronProgram {
  const fetch = { installer: join(folder, 'install.js'), version }
  const name = readText(join(folder, 'path.txt'))
  if (name === null) return { found: false, why: 'Electron’s program has not been fetched', fetch }
  const there = readText(join(folder, 'dist/version'))?.replace(/^v/, '')
  if (there !== version)
    return { found: false, why: `Electron’s program is version ${there ?? 'unknown'}, not ${version}`, fetch }
  const program = join(folder, 'dist', name)
  if (!isProgram(program)) return { found: false, why: 'Electron’s program is missing from its folder', fetch }
  return { found: true, program, version }
}

function packageFolder(from: string): string | null {
  try {
    return dirname(createRequire(from).resolve('electron/package.json'))
  } catch (error) {
    if (isCode(error, 'MODULE_NOT_FOUND')) return null
    throw error
  }
}

function usualName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return platform === 'win32' ? 'electron.exe' : 'electron'
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return null
    throw error
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
