/**
 * The files in a dropped folder and in those below it, in the natural order of their names, without hidden ones: as the command line takes a
 * folder. A page shows a card for each, so that there are fewer than a job may have.
 */
export const mostFiles = 1000

export function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

/** More than `mostFiles` where there are too many; what cannot be read is left out. */
export async function filesInFolder(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const files: File[] = []
  const entries = (await entriesOf(folder)).filter(({ name }) => !name.startsWith('.'))
  for (const entry of entries.toSorted((one, other) => natural.compare(one.name, other.name))) {
    if (files.length > mostFiles) break
    if (isFolder(entry)) files.push(...(await filesInFolder(entry)))
    else if (isFile(entry)) files.push(...(await fileOf(entry)))
  }
  return files
}

const natural = new Intl.Collator('en', { numeric: true })

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

/** A reader gives its entries in parts, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const entries: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])))
    if (some.length === 0) return entries
    entries.push(...some)
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File[]> {
  return new Promise((resolve) =>
    entry.file(
      (file) => resolve([file]),
      () => resolve([]),
    ),
  )
}
