import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { HomePaths } from '../master/host/home.ts'
import type { Places } from './terminal.ts'

/**
 * Starts `serve --background` on the same home, in a session of its own, so that it outlives this process and its terminal. What it has
 * to say goes to a log. With a channel, this process can be told when it waits for the lock.
 */
export function startBackground(paths: HomePaths, places: Places, channel: 'ipc' | 'ignore'): ChildProcess {
  const log = openSync(join(paths.logs, 'background.log'), 'a', 0o600)
  try {
    return spawn(process.execPath, [places.entry, 'serve', '--background', '--home', paths.home], {
      detached: true,
      // A folder that is not the person's to unmount or remove.
      cwd: paths.home,
      stdio: ['ignore', 'ignore', log, channel],
      windowsHide: true,
    })
  } finally {
    closeSync(log)
  }
}
