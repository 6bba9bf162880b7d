import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The built app, run once in a home of its own that is gone afterwards. */
const entry = resolve(import.meta.dirname, '../../out/main/terminal.js')

export interface Shown {
  job: { startedAt: number; finishedAt: number; attempts: number; tasks: { total: number } }
  result: unknown
  artifacts: { path: string; bytes: number }[]
}

export interface RunRequest {
  args: readonly string[]
  /** Called with the host's pid when it has been started; what it returns is called when the host has ended. */
  watch?: (host: number) => () => void
  /** Looks at what was written, before it goes. */
  look?: (shown: Shown) => void
}

export async function runGristmill({ args, watch, look }: RunRequest): Promise<Shown> {
  const home = mkdtempSync(join(tmpdir(), 'gristmill-bench-'))
  try {
    const words = [entry, 'run', ...args, '--json', '--quiet', '--home', home]
    const child = spawn(process.execPath, words, { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] })
    const unwatch = watch?.(child.pid ?? 0)
    const said = child.stdout.setEncoding('utf8').toArray()
    const [code] = (await once(child, 'close')) as [number | null]
    unwatch?.()
    if (code !== 0) throw new Error(`gristmill run ${args.join(' ')} ended with ${code}`)
    const shown = JSON.parse((await said).join('')) as Shown
    look?.(shown)
    return shown
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Its living workers; none once it has ended. */
export function workersOf(host: number): number[] {
  const children = procFile(`${host}/task/${host}/children`).trim().split(' ').filter(Boolean)
  return children.map(Number).filter((pid) => procFile(`${pid}/cmdline`).includes('worker.js'))
}

/** The most memory that a process has had resident so far, of its own and of files, in bytes; 0 once it has ended. */
export function peakOf(pid: number): number {
  const [, kilobytes = '0'] = /^VmHWM:\s*(\d+) kB$/m.exec(procFile(`${pid}/status`)) ?? []
  return Number(kilobytes) * 1024
}

/** Empty when the process has gone. */
function procFile(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return ''
    throw error
  }
}
