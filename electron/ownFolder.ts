import { join } from 'node:path'
import { refuse, succeed, type CommandResult } from '../contract/commandError.ts'
import { makeFolder } from '../master/host/folders.ts'
import type { LaunchOptions } from './launchOptions.ts'

/**
 * What Chromium and the system keep of this app, within its home: by it the system tells a second start of the same home. Made before the app
 * is ready, and so before anybody has looked at the home.
 */
export function makeOwnFolder({ home, background }: Pick<LaunchOptions, 'home' | 'background'>): CommandResult<string> {
  const folder = join(home, 'desktop', background ? 'background' : 'window')
  try {
    makeFolder(folder, 0o700)
    return succeed(folder)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const hint = 'choose another with --home or GRISTMILL_HOME'
    return refuse('output-unwritable', `cannot use ${home} as home folder: ${error.message}`, hint)
  }
}
