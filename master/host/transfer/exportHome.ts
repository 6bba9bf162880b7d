import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { refuse, succeed, type CommandResult } from '../../../contract/commandError.ts'
import { finalJobStates } from '../../../contract/transitions.ts'
import { copyLedger } from '../../store/backups.ts'
import { openReader } from '../../store/openReader.ts'
import type { Footprint } from '../../store/read/footprints.ts'
import { exists } from '../folders.ts'
import type { HomePaths } from '../home.ts'
import { sha256Of } from '../sha256.ts'
import { ledgerName, type Manifest, manifestName } from './manifest.ts'

/**
 * Copies a home into a folder of its own that `importHome` makes a home of again, here or on another machine: the ledger, what
 * unfinished jobs have done so far, what was spooled, what was written into the home, settings and recipes. The caller holds the home's
 * lock, so that nothing of it changes meanwhile. The folder has its name only when it is whole.
 */
export interface ExportOptions {
  paths: HomePaths
  /** Absolute; must not exist. */
  to: string
  version: string
  now: number
}

export async function exportHome({ paths, to, version, now }: ExportOptions): Promise<CommandResult<Manifest>> {
  if (await exists(to)) return refuse('output-exists', `cannot export to ${to}: it exists`, 'choose another folder')
  if (!(await exists(paths.database)))
    return refuse('input-missing', `cannot export ${paths.home}: no job was ever run in it`)
  const part = join(dirname(to), `.${basename(to)}.part`)
  await rm(part, { recursive: true, force: true })
  try {
    await mkdir(part, { recursive: true, mode: 0o700 })
    await copyLedger(paths.database, join(part, ledgerName))
    for (const path of await filesToTake(paths)) await take(paths.home, path, part)
    const manifest = await describe(part, { home: paths.home, gristmill: version, madeAt: now })
    await rename(part, to)
    return succeed(manifest)
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  }
}

async function filesToTake(paths: HomePaths): Promise<string[]> {
  const jobs = await footprintsIn(paths.database)
  const unfinished = jobs.filter(({ state }) => !finalJobStates.has(state))
  const found: string[] = []
  for (const { id } of unfinished) found.push(...(await filesUnder(join(paths.scratch, id))))
  for (const { id } of jobs) found.push(...(await filesUnder(join(paths.out, id))))
  for (const path of new Set(jobs.flatMap(({ spooled }) => spooled)))
    if (path.startsWith(paths.spool + sep) && (await exists(path))) found.push(path)
  for (const path of [paths.settings, paths.recipes]) if (await exists(path)) found.push(path)
  return found
}

async function footprintsIn(file: string): Promise<Footprint[]> {
  const reader = openReader(file)
  try {
    return await reader.footprints()
  } finally {
    reader.close()
  }
}

async function take(home: string, path: string, part: string): Promise<void> {
  const to = join(part, relative(home, path))
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  await copyFile(path, to)
}

async function describe(
  folder: string,
  { home, gristmill, madeAt }: Pick<Manifest, 'home' | 'gristmill' | 'madeAt'>,
): Promise<Manifest> {
  const files: Manifest['files'] = []
  for (const path of await filesUnder(folder)) {
    const { size: bytes } = await stat(path)
    files.push({ path: relative(folder, path).split(sep).join('/'), bytes, sha256: await sha256Of(path) })
  }
  const manifest: Manifest = { format: 'gristmill-home', version: 1, gristmill, madeAt, home, files }
  await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
  return manifest
}

async function filesUnder(folder: string): Promise<string[]> {
  if (!(await exists(folder))) return []
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}
