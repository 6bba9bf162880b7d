import { basename, dirname } from 'node:path'
import type { Input } from '../../contract/dataset.ts'
import type { Job } from '../../contract/job.ts'
import { oneLine } from '../../contract/oneLine.ts'
import { isWithin } from './folders.ts'
import { sourceOf } from './mendedInputs.ts'

/**
 * Real paths as pages see them: by name. A page that has been taken over must not learn how this person's disk is laid out, so of a path
 * only its last part is shown; only under a folder that was served to pages by its path (`--root`) does a path stay as it is.
 */

/** True for what pages are offered by its path. */
export type IsOffered = (path: string) => boolean

export function offeredUnder(roots: readonly string[]): IsOffered {
  return (path) => roots.some((root) => isWithin(root, path))
}

export function nameOf(path: string, isOffered: IsOffered): string {
  return isOffered(path) ? path : basename(path) || path
}

/**
 * What pages call each input, by its source: its name, with a number behind it where inputs of other folders have the same. No two sources
 * share one, so that a page can name what it was shown.
 */
export function labelsOf(inputs: readonly Input[], isOffered: IsOffered): ReadonlyMap<string, string> {
  const labels = new Map<string, string>()
  for (const input of inputs) if (input.spooled) labels.set(input.name, input.name)
  const taken = new Set(labels.values())
  for (const input of inputs) {
    const source = sourceOf(input)
    if (labels.has(source)) continue
    const label = isOffered(source) ? source : freeName(input.name, taken)
    labels.set(source, label)
    taken.add(label)
  }
  return labels
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const label = number === 1 ? name : `${name} (${number})`
    if (!taken.has(label)) return label
  }
}

/** What of a job says where things lie. */
export type JobPlaces = Pick<Job, 'inputs' | 'outDir'>

/** Folders that nothing a page gets may name, on account of this job. */
export function foldersOf(job: JobPlaces): string[] {
  return [...job.inputs.map(({ path }) => path), ...(job.outDir === null ? [] : [job.outDir])].map(folderOf)
}

/** That of a file; for one that lies at the very top there is nothing to hide but itself. */
export function folderOf(path: string): string {
  const folder = dirname(path)
  return dirname(folder) === folder ? path : folder
}

/** A sentence without these folders: what lies in one is left with its name. */
export type Redact = (text: string) => string

export function redactor(folders: Iterable<string>, isOffered: IsOffered): Redact {
  const hidden = new Set<string>()
  for (const folder of folders) if (!isOffered(folder)) hidden.add(folder).add(oneLine(folder))
  if (hidden.size === 0) return (text) => text
  // The longest first: of nested folders the innermost goes whole.
  const all = [...hidden].toSorted((one, other) => other.length - one.length).map(literally)
  const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}_.~])(${all.join('|')})([/\\]|${end})`, 'gu')
  return (text) => text.replace(pattern, (_, folder: string, edge: string) => (edge === '' ? basename(folder) : ''))
}

/** Where a folder's name is over: `/a/b` does not stand in `/a/bc`, `/a/b-2` or `/a/b.txt`. */
const end = String.raw`(?![\p{L}\p{M}\p{N}_-]|\.[\p{L}\p{N}])`

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
