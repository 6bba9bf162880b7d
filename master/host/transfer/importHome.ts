import { closeSync, openSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { refuse, succeed, type CommandResult } from '../../../contract/commandError.ts'
import type { Fingerprint } from '../../../contract/dataset.ts'
import { fingerprintOf } from '../../../datasets/fingerprint.ts'
import { syncPath } from '../../store/backups.ts'
import { examine } from '../../store/damage.ts'
import { relocateLedger } from '../../store/relocate.ts'
import { exists } from '../folders.ts'
import type { HomePaths } from '../home.ts'
import { sha256Of } from '../sha256.ts'
import { ledgerName, type Manifest, manifestName, manifestSchema } from './manifest.ts'

/**
 * Makes a home of what `exportHome` wrote. Every byte is looked at before the home has any of it, and the ledger comes last: one that
 * fails leaves nothing, and what one that is cut off has left goes with the next. The caller holds the home's lock.
 */
export async function importHome(paths: HomePaths, from: string): Promise<CommandResult<Manifest>> {
  const taken = (await hasLedger(paths)) ?? (await whatIsThere(paths))
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
  const part = partOf(paths)
  try {
    const sound = await bring({ paths, from, part }, manifest)
    if (sound) return succeed(manifest)
    await undo(paths)
    return refuse('invalid-input', `cannot import ${from}: its ledger cannot be trusted`)
  } catch (error) {
    await undo(paths)
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return refuse(
      'output-unwritable',
      `cannot import ${from} into ${paths.home}: ${error.message}`,
      'mend that and import it again',
    )
  }
}

/** While it has this name, everything else in the home comes from the same import. */
function partOf(paths: HomePaths): string {
  return join(paths.home, `${ledgerName}${importing}`)
}

/** False when the ledger only looks like one; one of a newer version is thrown. */
async function bring(
  { paths, from, part }: { paths: HomePaths; from: string; part: string },
  manifest: Manifest,
): Promise<boolean> {
  await copyFile(join(from, ledgerName), part)
  if (examine(part).state !== 'sound') return false
  const beside = manifest.files.filter(({ path }) => !namedFiles.includes(path))
  for (const { path } of beside) await take(join(from, path), join(paths.home, path))
  relocateLedger(part, { from: manifest.home, to: paths.home, fingerprint: fingerprintAt })
  syncPath(part)
  for (const [name, path] of Object.entries({ [settingsName]: paths.settings, [recipesName]: paths.recipes }))
    if (manifest.files.some((file) => file.path === name)) await take(join(from, name), path)
  await rename(part, paths.database)
  return true
}

/** The home was empty before: what is there now is of the import. The mark of it goes last. */
async function undo(paths: HomePaths): Promise<void> {
  for (const folder of ['scratch', 'spool', 'out'] as const)
    for (const name of await readdir(paths[folder])) await rm(join(paths[folder], name), { recursive: true })
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${partOf(paths)}${suffix}`, { force: true })
}

async function hasLedger(paths: HomePaths): Promise<string | null> {
  const names = await readdir(paths.home)
  const ledger = names.find((name) => name.startsWith(ledgerName) && !name.includes(importing))
  return ledger === undefined ? null : `a ledger (${ledger})`
}

/** What makes it more than an empty home; null when nothing does. What an import that was cut off has left goes first. */
async function whatIsThere(paths: HomePaths): Promise<string | null> {
  if (await exists(partOf(paths))) await undo(paths)
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

const settingsName = 'settings.json'
const recipesName = 'recipes.json'
const namedFiles = [ledgerName, settingsName, recipesName]
const importing = '.importing'
const folders = ['scratch/', 'spool/', 'out/']

async function whatIsWrong(from: string, { files }: Manifest): Promise<string | null> {
  if (!files.some(({ path }) => path === ledgerName)) return 'it has no ledger'
  for (const { path, bytes, sha256 } of files) {
    const known = namedFiles.includes(path) || folders.some((folder) => path.startsWith(folder))
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
