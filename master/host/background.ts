import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { HomePaths } from './home.ts'

/** Starting a host that nobody looks at: what either host leaves behind when it ends while jobs run. */
export interface BackgroundStart {
  paths: Pick<HomePaths, 'home' | 'logs'>
  /** What runs it: this app, or Node. */
  program: string
  /** Before `--background --home HOME`. */
  args: readonly string[]
  /** With a channel, this process can be told when it waits for the lock. */
  channel: 'ipc' | 'ignore'
}

/** In a session of its own, so that it outlives this process and its terminal. What it has to say goes to a log. */
export function startBackground({ paths, program, args, channel }: BackgroundStart): ChildProcess {
  const log = openSync(join(paths.logs, 'background.log'), 'a', 0o600)
  try {
    return spawn(program, [...args, '--background', '--home', paths.home], {
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
