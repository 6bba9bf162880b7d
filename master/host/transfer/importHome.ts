import { closeSync, openSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { refuse, succeed, type CommandResult } from '../../../contract/commandError.ts'
import type { Fingerprint } from '../../../contract/dataset.ts'
import { fingerprintOf } from '../../../datasets/fingerprint.ts'
import { syncPath } from '../../store/backups.ts'
import { examine } from '../../store/damage.ts'
import { relocateLedger } from '../../store/relocate.ts'
import type { HomePaths } from '../home.ts'
import { ledgerName, type Manifest, manifestName, manifestSchema, sha256Of } from './manifest.ts'

/**
 * Makes a home of what `exportHome` wrote. Every byte is looked at before the home has any of it, and the ledger comes last: an import
 * that is cut off leaves a home without jobs. The caller holds the home's lock.
 */
export async function importHome(paths: HomePaths, from: string): Promise<CommandResult<Manifest>> {
  const taken = await whatIsThere(paths)
  if (taken !== null)
    return refuse(
      'output-exists',
      `cannot import into ${paths.home}: it has ${taken}`,
      'choose an empty home with --home',
    )
  const read = await readManifest(from)
  if (!read.ok) return read
  const manifest = read.value
  const wrong = await whatIsWrong(from, manifest)
  if (wrong !== null)
    return refuse('invalid-input', `cannot import ${from}: ${wrong}`, 'export the home again, or copy the folder again')
  const part = join(paths.home, `${ledgerName}.importing`)
  await rm(part, { force: true })
  await copyFile(join(from, ledgerName), part)
  // Refuses one of a newer version, and what only looks like a ledger.
  const found = examine(part)
  if (found.state !== 'sound') {
    await rm(part, { force: true })
    return refuse('invalid-input', `cannot import ${from}: its ledger cannot be trusted`)
  }
  for (const { path } of manifest.files) if (path !== ledgerName) await take(join(from, path), join(paths.home, path))
  relocateLedger(part, { from: manifest.home, to: paths.home, fingerprint: fingerprintAt })
  syncPath(part)
  await rename(part, paths.database)
  return succeed(manifest)
}

/** What makes it more than an empty home; null when nothing does. */
async function whatIsThere(paths: HomePaths): Promise<string | null> {
  const names = await readdir(paths.home)
  const ledger = names.find((name) => name.startsWith(ledgerName) && !name.endsWith('.importing'))
  if (ledger !== undefined) return `a ledger (${ledger})`
  for (const folder of ['scratch', 'spool', 'out', 'backups'] as const)
    if ((await readdir(paths[folder])).length > 0) return `files in ${folder}`
  return null
}

async function readManifest(from: string): Promise<CommandResult<Manifest>> {
  try {
    return succeed(manifestSchema.parse(JSON.parse(await readFile(join(from, manifestName), 'utf8'))))
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)
    return refuse('invalid-input', `cannot import ${from}: it is no exported home (${manifestName}: ${reason})`)
  }
}

const folders = ['scratch/', 'spool/', 'out/']

async function whatIsWrong(from: string, { files }: Manifest): Promise<string | null> {
  if (!files.some(({ path }) => path === ledgerName)) return 'it has no ledger'
  for (const { path, bytes, sha256 } of files) {
    const known =
      path === ledgerName ||
      path === 'settings.json' ||
      path === 'recipes.json' ||
      folders.some((folder) => path.startsWith(folder))
    if (!known) return `${path} belongs in no home`
    const found = await stat(join(from, path)).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown')
    if (typeof found === 'string') return `${path} cannot be read (${found})`
    if (!found.isFile()) return `${path} is no file`
    if (found.size !== bytes || (await sha256Of(join(from, path))) !== sha256)
      return `${path} is not as it was when it was exported`
  }
  return null
}

async function take(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  await copyFile(from, to)
}

function fingerprintAt(path: string): Fingerprint | null {
  try {
    const fd = openSync(path, 'r')
    try {
      return fingerprintOf(fd)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
