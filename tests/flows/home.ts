import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { JobState } from '../../contract/transitions.ts'
import { tryHost } from '../../master/host/client.ts'
import { homePaths } from '../../master/host/home.ts'

/** A home as seen past the dashboard: by the terminal's commands, by who answers for it, and by the system. */
export const root = resolve(import.meta.dirname, '../..')
export const terminal = resolve(root, 'out/main/terminal.js')

/** A command of the terminal host, which prints one JSON document. */
export function ask(home: string, ...words: string[]): unknown {
  return JSON.parse(
    execFileSync(process.execPath, [terminal, ...words, '--home', home, '--json'], { encoding: 'utf8' }),
  )
}

/** What `show JOB --json` prints, as far as these tests look at it. */
export interface Shown {
  job: {
    id: string
    state: JobState
    inputs: { path: string; spooled: boolean }[]
    tasks: { total: number; succeeded: number; failed: number }
    attempts: number
  }
  artifacts: { name: string; path: string }[]
}
export const lastJob = (home: string): Shown => ask(home, 'show', 'last') as Shown

/** Which process answers for the home now; null for none. */
export async function hostOf(home: string): Promise<{ pid: number; mode: string } | null> {
  if (!existsSync(home)) return null
  const reached = await tryHost(homePaths(realpathSync(home)).socket)
  if (reached?.ok !== true) return null
  reached.value.close()
  const { pid, mode } = reached.value.hello
  return { pid, mode }
}

/** Whoever still answers for a home that a test is done with. */
export async function endHost(home: string): Promise<void> {
  const left = await hostOf(home)
  if (left !== null) process.kill(left.pid, 'SIGKILL')
}

/** Linux tells a process's children; a host's workers are its only direct ones. */
export function workersOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.split(' ').filter(Boolean).map(Number).filter(isWorker)
}

/** One that has ended since has no command any more. */
function isWorker(pid: number): boolean {
  const command = `/proc/${pid}/cmdline`
  try {
    return readFileSync(command, 'utf8').includes('worker.js')
  } catch (error) {
    if (!existsSync(command)) return false
    throw error
  }
}

/** Gives the path. */
export function writeLines(path: string, text: string, repeat = 1): string {
  writeFileSync(path, '')
  for (let left = repeat; left > 0; left -= 1000) appendFileSync(path, text.repeat(Math.min(left, 1000)))
  return path
}
