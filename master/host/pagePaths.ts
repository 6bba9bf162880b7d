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
  /** The last number that stands behind each name. */
  const numbers = new Map<string, number>()
  const freeName = (name: string) => {
    let number = numbers.get(name) ?? 0
    let label = name
    do {
      number += 1
      label = number === 1 ? name : `${name} (${number})`
    } while (taken.has(label))
    numbers.set(name, number)
    return label
  }
  for (const input of inputs) {
    const source = sourceOf(input)
    if (labels.has(source)) continue
    const label = isOffered(source) ? source : freeName(input.name)
    labels.set(source, label)
    taken.add(label)
  }
  return labels
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
  for (const folder of folders) if (!isOffered(folder)) hidden.add(folder)
  if (hidden.size === 0) return (text) => text
  // Most sentences name no path, and most answers have no sentence: the pattern is made for the first that may.
  let pattern: RegExp | null = null
  return (text) =>
    /[/\\]/.test(text)
      ? text.replace((pattern ??= patternOf(hidden)), (_, folder: string, edge: string) =>
          edge === '' ? basename(folder) : '',
        )
      : text
}

const mostFolders = 1000

function patternOf(hidden: ReadonlySet<string>): RegExp {
  // Of very many folders those above them: that hides more, and takes no longer to look for.
  let folders = [...hidden]
  while (folders.length > mostFolders) {
    const above = [...new Set(folders.map(folderOf))]
    if (above.every((folder, index) => folder === folders[index])) break
    folders = above
  }
  const spellings = new Set(folders.flatMap((folder) => [folder, oneLine(folder)]))
  // The longest first: of nested folders the innermost goes whole.
  const all = [...spellings].toSorted((one, other) => other.length - one.length).map(literally)
  return new RegExp(String.raw`(?<![\p{L}\p{N}_.~])(${all.join('|')})([/\\]|${end})`, 'gu')
}

/** Where a folder's name is over: `/a/b` does not stand in `/a/bc`, `/a/b-2` or `/a/b.txt`. */
const end = String.raw`(?![\p{L}\p{M}\p{N}_-]|\.[\p{L}\p{N}])`

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
