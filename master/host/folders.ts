import { mkdirSync, statSync } from 'node:fs'
import { mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'

/** Making folders, telling beforehand whether that will do, and what lies in which. */

/**
 * Makes a folder and those above it, at once: it is needed before anything can be waited for. `mkdir` with `recursive` does so too, but
 * never returns where the file system answers ENOENT below a folder that is there, as /proc does.
 */
export function makeFolder(path: string, mode: number): void {
  if (isFolder(path)) return
  if (!isFolder(dirname(path))) makeFolder(dirname(path), mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Somebody else was faster.
    if (!((error as NodeJS.ErrnoException).code === 'EEXIST' && isFolder(path))) throw error
  }
}

/** Null when a file can be made in the folder, or in the nearest one above it that exists. Only trying tells: root may do anything. */
export async function whyUnwritable(dir: string): Promise<string | null> {
  try {
    if (!(await stat(dir)).isDirectory()) return `${dir} is not a folder`
    await rmdir(await mkdtemp(join(dir, '.gristmill-')))
    return null
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException
    return code === 'ENOENT' && syscall === 'stat' && dirname(dir) !== dir ? await whyUnwritable(dirname(dir)) : message
  }
}

/** Whether a real path is the folder or lies in it; names that begin with two dots are names like others. */
export function isWithin(folder: string, real: string): boolean {
  const way = relative(folder, real)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Whether anything has this name; what cannot be looked at counts as there. */
export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  )
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
