import { type Entry, type ZipFile, fromFd } from 'yauzl'
import { TaskFailure } from '../../contract/run.ts'

/** The parts of a workbook, which is a zip. Sizes are what the zip says, and the reader holds it to them. */
const mostEntries = 10_000
const mostPartBytes = 16 * 1024 ** 3

export class Zip {
  readonly #file: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #path: string

  private constructor(file: ZipFile, entries: ReadonlyMap<string, Entry>, path: string) {
    this.#file = file
    this.#entries = entries
    this.#path = path
  }

  static async open(fd: number, path: string): Promise<Zip> {
    try {
      const file = await openFile(fd)
      return new Zip(file, await entriesOf(file), path)
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
