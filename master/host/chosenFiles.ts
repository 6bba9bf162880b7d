import { randomUUID } from 'node:crypto'
import type { ChosenFiles } from './host.ts'
import type { Place } from './intake.ts'
import { folderOf } from './pagePaths.ts'

/**
 * Tokens for files that the person chose and that are read where they lie. Only the host's own process adds to it, from a dialog, a
 * drop or an argument; a page can name a token and never a path.
 */
export interface ChosenRegistry extends ChosenFiles {
  find(token: string): Place | undefined
  /** Where the files lie. */
  readonly folders: ReadonlySet<string>
}

export function openChosenFiles(): ChosenRegistry {
  const tokens = new Map<string, string>()
  const paths = new Map<string, string>()
  const folders = new Set<string>()
  return {
    folders,
    add(path) {
      const token = tokens.get(path) ?? randomUUID()
      tokens.set(path, token)
      paths.set(token, path)
      folders.add(folderOf(path))
      return token
    },
    pathOf: (token) => paths.get(token),
    find(token) {
      const path = paths.get(token)
      return path === undefined ? undefined : { path, name: null, spooled: false }
    },
  }
}
