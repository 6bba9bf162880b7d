import { existsSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism, freemem, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { homePaths } from '../master/host/home.ts'
import type { Integrity } from '../master/store/store.ts'
import { findElectron } from './electronProgram.ts'
import { readLedger } from './ledger.ts'

/** What `doctor` finds. Every figure is measured now; a thing that is not well says why. */
export interface Health {
  version: string
  node: string
  platform: string
  electron: { present: boolean; why: string | null }
  home: { path: string; exists: boolean }
  host: { running: boolean; pid: number | null; mode: string | null; version: string | null; why: string | null }
  database: DatabaseHealth
  disk: { freeBytes: number; totalBytes: number }
  cores: number
  memory: { freeBytes: number; totalBytes: number; limitBytes: number | null }
  openFiles: number | null
}

/** `check` is what a look through the whole file found; null when the file could not be looked through. */
export interface DatabaseHealth {
  state: 'healthy' | 'none yet' | 'unwell'
  jobs: number | null
  check: Integrity | null
  why: string | null
}

export interface Examined {
  home: string
  /** The built entry: what can be resolved from here can be loaded. */
  entry: string
  version: string
}

export async function examine({ home, entry, version }: Examined): Promise<Health> {
  const paths = homePaths(home)
  return {
    version,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    electron: examineElectron(entry),
    home: { path: home, exists: existsSync(home) },
    host: await examineHost(paths.socket),
    database: await examineDatabase(paths.database),
    disk: await examineDisk(home),
    cores: availableParallelism(),
    memory: { freeBytes: freemem(), totalBytes: totalmem(), limitBytes: memoryLimit() },
    openFiles: await openFileLimit(),
  }
}

/** The package may be there without its program, which is fetched by a script that many machines do not allow. */
function examineElectron(entry: string): Health['electron'] {
  const electron = findElectron({ from: entry, env: process.env, platform: process.platform })
  if (electron.found) return { present: true, why: null }
  return { present: false, why: `${electron.why}; the dashboard opens in the browser` }
}

async function examineHost(socket: string): Promise<Health['host']> {
  const { tryHost } = await import('../master/host/client.ts')
  const none = { running: false, pid: null, mode: null, version: null }
  const reached = await tryHost(socket)
  if (reached === null) return { ...none, why: null }
  if (!reached.ok) return { ...none, running: true, why: reached.error.message }
  const { pid, mode, version } = reached.value.hello
  reached.value.close()
  return { running: true, pid, mode, version, why: null }
}

/** A few seconds' reading; what is larger is looked through table by table for as long. */
const largestWholeBytes = 2 * 1024 ** 3
const checkWithinMs = 10_000

export async function examineDatabase(
  file: string,
  bounds = { largestBytes: largestWholeBytes, withinMs: checkWithinMs },
): Promise<DatabaseHealth> {
  const none: DatabaseHealth = { state: 'none yet', jobs: null, check: null, why: null }
  try {
    return await readLedger(file, none, async (reader) => {
      const check = await reader.integrity(bounds)
      const [problem] = check.problems
      if (problem !== undefined) return { state: 'unwell', jobs: null, check, why: problem }
      const { total } = await reader.jobs({ limit: 1, offset: 0 })
      return { state: 'healthy', jobs: total, check, why: null }
    })
  } catch (error) {
    if (!(error instanceof Error && error.name === 'StoreError')) throw error
    return { ...none, state: 'unwell', why: error.message }
  }
}

/** Of the file system that holds the home, or will. */
async function examineDisk(home: string): Promise<Health['disk']> {
  let folder = home
  while (!existsSync(folder)) folder = dirname(folder)
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/** What a container allows, where it allows less than there is. */
function memoryLimit(): number | null {
  const limit = process.constrainedMemory()
  return limit > 0 && limit < totalmem() ? limit : null
}

/** Only Linux tells it without a shell. */
async function openFileLimit(): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const limits = await readFile('/proc/self/limits', 'utf8')
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? []
  return soft === undefined ? null : Number(soft)
}
