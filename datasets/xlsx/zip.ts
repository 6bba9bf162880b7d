import { type Entry, type ZipFile, fromFd } from 'yauzl'
import { TaskFailure } from '../../contract/run.ts'

/**
 * The parts of a workbook, which is a zip. Sizes are what the zip says, and the reader holds it to them. One that unpacks to very much more
 * than it is, is refused before anything of it is read: sheets of real data come to 5 to 50 times their packed size, deflate to 1,032 times.
 */
const mostEntries = 10_000
const mostPartBytes = 16 * 1024 ** 3
const mostRatio = 200
/** Up to here any ratio does. */
const harmlessBytes = 64 * 1024 * 1024

export class Zip {
  readonly #file: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #path: string

  private constructor(file: ZipFile, entries: ReadonlyMap<string, Entry>, path: string) {
    this.#file = file
    this.#entries = entries
    this.#path = path
  }

  static async open({ fd, path, bytes }: { fd: number; path: string; bytes: number }): Promise<Zip> {
    try {
      const file = await openFile(fd)
      const entries = await entriesOf(file)
      refuseBomb(entries.values(), bytes)
      return new Zip(file, entries, path)
    } catch (error) {
      throw new TaskFailure('refused-input', `cannot read ${path} as a workbook: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** The text of a part, block by block; nothing when there is no such part. */
  async *text(name: string): AsyncGenerator<string> {
    const entry = this.#entries.get(name)
    if (entry === undefined) return
    if (entry.uncompressedSize > mostPartBytes)
      throw new TaskFailure('refused-input', `cannot read ${this.#path}: its part ${name} is larger than 16 GiB`)
    const decoder = new TextDecoder()
    try {
      for await (const block of await this.#open(entry)) yield decoder.decode(block as Buffer, { stream: true })
    } catch (error) {
      throw new TaskFailure('refused-input', `cannot read ${name} in ${this.#path}: ${(error as Error).message}`, {
        cause: error,
      })
    }
    yield decoder.decode()
  }

  #open(entry: Entry): Promise<NodeJS.ReadableStream> {
    return new Promise((resolve, reject) => {
      this.#file.openReadStream(entry, (error, stream) => {
        if (error !== null) reject(error)
        else resolve(stream)
      })
    })
  }
}

/** All together, as parts may share what they unpack from. */
function refuseBomb(entries: Iterable<Entry>, bytes: number): void {
  let unpacked = 0
  for (const { uncompressedSize } of entries) unpacked += uncompressedSize
  if (unpacked > harmlessBytes && unpacked > mostRatio * bytes)
    throw new Error(`its ${bytes} bytes would unpack to ${unpacked}, more than ${mostRatio} times as many`)
}

/** The descriptor stays the caller's. */
function openFile(fd: number): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromFd(fd, { autoClose: false, lazyEntries: true }, (error, file) => {
      if (error !== null) reject(error)
      else resolve(file)
    })
  })
}

function entriesOf(file: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  return new Promise((resolve, reject) => {
    file.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry)
      if (entries.size > mostEntries) reject(new Error(`it has more than ${mostEntries} parts`))
      else file.readEntry()
    })
    file.on('end', () => resolve(entries))
    file.on('error', reject)
    file.readEntry()
  })
}
