import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { defaultHome } from '../master/host/home.ts'

/** What a start of the app asks for: which home, which files, and whether there is to be a window at all. */
export interface LaunchOptions {
  home: string
  /** Absolute paths of files to open. */
  files: string[]
  /** Work off what is queued without a window, then end. */
  background: boolean
}

/**
 * What is ours of `process.argv`: everything behind the program, or, where the app is a folder that the program was told to run, everything
 * behind that folder. Switches of Chromium may stand before it.
 */
export function ownArguments(argv: readonly string[], isPackaged: boolean): string[] {
  const given = argv.slice(1)
  return isPackaged ? given : given.slice(given.findIndex((word) => !word.startsWith('-')) + 1)
}

export interface Start {
  args: readonly string[]
  cwd: string
  env: NodeJS.ProcessEnv
}

/** Chromium's and Electron's own switches, which also stand among the arguments, are passed over. */
export function readLaunch({ args, cwd, env }: Start): LaunchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { home: { type: 'string' }, background: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  })
  const home = typeof values.home === 'string' ? values.home : env['GRISTMILL_HOME']
  return {
    home: home === undefined || home === '' ? defaultHome() : resolve(cwd, home),
    files: positionals.map((word) => resolve(cwd, pathOf(word))),
    background: values.background === true,
  }
}

/** File managers name files by URLs. */
function pathOf(word: string): string {
  return word.startsWith('file:///') && URL.canParse(word) ? fileURLToPath(word) : word
}

/** What a second start tells the first one. It comes from another process of the same person. */
export const secondStartSchema = z.strictObject({ files: z.array(z.string().min(1).max(32_768)).max(10_000) })
