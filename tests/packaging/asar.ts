import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Reads Electron's archive as its format is described: four 32-bit lengths, a JSON tree, then the files end to end. */
interface Folder {
  files: Record<string, Entry>
}

interface File {
  size: number
  /** From the end of the header; absent when the file lies beside the archive. */
  offset?: string
  unpacked?: boolean
}

type Entry = Folder | File

export interface PackedFile {
  path: string
  unpacked: boolean
  content: Buffer
}

export function readAsar(path: string): PackedFile[] {
  const archive = readFileSync(path)
  const headerBytes = archive.readUInt32LE(4)
  const header = JSON.parse(archive.toString('utf8', 16, 16 + archive.readUInt32LE(12))) as Folder
  const base = 8 + headerBytes
  const content = (at: string, file: File): Buffer => {
    if (file.unpacked === true) return readFileSync(join(`${path}.unpacked`, at))
    const from = base + Number(file.offset)
    return archive.subarray(from, from + file.size)
  }
  return filesIn(header).map(([at, file]) => ({
    path: at,
    unpacked: file.unpacked === true,
    content: content(at, file),
  }))
}

function filesIn(folder: Folder, above = ''): [path: string, file: File][] {
  return Object.entries(folder.files).flatMap(([name, entry]) =>
    'files' in entry ? filesIn(entry, `${above}${name}/`) : [[`${above}${name}`, entry]],
  )
}

/** Writes the files out, to be run without Electron. */
export function extract(files: readonly PackedFile[], folder: string): void {
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
