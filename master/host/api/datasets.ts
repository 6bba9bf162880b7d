import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FileEntry } from '../../../contract/api.ts'
import { type CommandResult, refuse, succeed } from '../../../contract/commandError.ts'
import { isWithin } from '../folders.ts'
import { os, type Room } from '../room.ts'

/** Looking at datasets before a job exists. */
export function datasets(room: Room) {
  return {
    inspect: os.datasets.inspect.handler(({ input, context }) =>
      room.intake.inspections(input.sources, context.caller, input.table),
    ),
    list: os.datasets.list.handler(({ input }) =>
      input.folder === undefined ? listRoots(room.info.roots) : listFolder(room.info.roots, input.folder),
    ),
  }
}

async function listRoots(roots: readonly string[]): Promise<CommandResult<FileEntry[]>> {
  return succeed(roots.map((path) => ({ name: basename(path) || path, path, folder: true, bytes: null })))
}

/** Visible files and folders of a folder under a root, folders first. Links that lead out of the roots are left out. */
async function listFolder(roots: readonly string[], folder: string): Promise<CommandResult<FileEntry[]>> {
  const real = await realpath(folder).catch(() => null)
  if (real === null || !isUnder(roots, real))
    return refuse('not-allowed', `cannot list ${folder}: it is not in a served folder`, 'serve it with --root')
  const names = await readdir(real).catch(() => null)
  if (names === null) return refuse('input-unreadable', `cannot list ${folder}: it cannot be read`)
  const entries = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => entryOf(roots, join(real, name))),
  )
  return succeed(
    entries
      .filter((entry) => entry !== null)
      .toSorted((one, other) => Number(other.folder) - Number(one.folder) || one.name.localeCompare(other.name)),
  )
}

async function entryOf(roots: readonly string[], path: string): Promise<FileEntry | null> {
  try {
    const real = await realpath(path)
    const found = await stat(real)
    if (!isUnder(roots, real) || !(found.isDirectory() || found.isFile())) return null
    return { name: basename(path), path: real, folder: found.isDirectory(), bytes: found.isFile() ? found.size : null }
  } catch (error) {
    // Gone since it was listed, or not ours to see: not offered.
    if ((error as NodeJS.ErrnoException).code !== undefined) return null
    throw error
  }
}

function isUnder(roots: readonly string[], real: string): boolean {
  return roots.some((root) => isWithin(root, real))
}
