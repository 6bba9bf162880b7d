import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The files that a folder stands for as an input: all below it but hidden ones; links to folders are not followed. */

/** Null when there are more than `most`. */
export async function filesBelow(folder: string, most: number): Promise<string[] | null> {
  const files: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      const below = await filesBelow(path, most - files.length)
      if (below === null) return null
      for (const each of below) files.push(each)
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) files.push(path)
    if (files.length > most) return null
  }
  return files
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true
}

const natural = new Intl.Collator('en', { numeric: true })

/** `2.csv` before `10.csv`, by their ways part by part, so that a folder's files stay together. */
export function inNaturalOrder<File extends { way: readonly string[] }>(files: readonly File[]): File[] {
  return files.toSorted((one, other) => byWay(one.way, other.way))
}

/** Names that only look alike in order of their characters. */
function byWay(one: readonly string[], other: readonly string[]): number {
  for (const [at, part] of one.entries()) {
    const counterpart = other[at]
    if (counterpart === undefined) return 1
    const order = natural.compare(part, counterpart)
    if (order !== 0) return order
    if (part !== counterpart) return part < counterpart ? -1 : 1
  }
  return one.length - other.length
}
