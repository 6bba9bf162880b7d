import { type FileHandle, open } from 'node:fs/promises'

/**
 * A file of lines that only grows. What a crash has left of a line that was not finished goes when it is opened: nobody was told of it.
 * One writer at a time, who waits for each write.
 */
export class LineFile {
  readonly #file: FileHandle
  #bytes: number

  private constructor(file: FileHandle, bytes: number) {
    this.#file = file
    this.#bytes = bytes
  }

  /** `visit` is told where each line from the byte `from` on ends. */
  static async open(path: string, from: number, visit: (ends: number[]) => void): Promise<LineFile> {
    const file = await open(path, 'a+', 0o600)
    let whole = from
    let at = from
    const block = Buffer.allocUnsafe(256 * 1024)
    for (;;) {
      const { bytesRead } = await file.read(block, 0, block.length, at)
      if (bytesRead === 0) break
      const ends = endsIn(block.subarray(0, bytesRead), at)
      if (ends.length > 0) visit(ends)
      whole = ends.at(-1) ?? whole
      at += bytesRead
    }
    if (at > whole) await file.truncate(whole)
    return new LineFile(file, whole)
  }

  /** How long it is. */
  get bytes(): number {
    return this.#bytes
  }

  /** Gives where each of the lines ends. */
  async append(lines: readonly string[], { sync }: { sync: boolean }): Promise<number[]> {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
    try {
      await this.#file.writeFile(bytes)
      if (sync) await this.#file.datasync()
    } catch (error) {
      // What a full disk took of it would stand before what comes next.
      await this.#file.truncate(this.#bytes)
      throw error
    }
    const ends = endsIn(bytes, this.#bytes)
    this.#bytes += bytes.length
    return ends
  }

  /** Where each line from a byte on ends. */
  async endsFrom(from: number): Promise<number[]> {
    const ends: number[] = []
    for (let at = from; at < this.#bytes;) {
      const { lines, end } = await this.read(at, 256 * 1024)
      for (const line of lines) ends.push((at += Buffer.byteLength(line) + 1))
      at = end
    }
    return ends
  }

  /** Whole lines from a byte on, about so many bytes of them, and where they end; one line however long it is. */
  async read(from: number, mostBytes: number): Promise<{ lines: string[]; end: number }> {
    return await readLinesOf(this.#file, { from, to: this.#bytes, mostBytes })
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** Lines of a file that grows no more. */
export async function readLinesFrom(path: string, from: number, mostBytes: number) {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    return await readLinesOf(file, { from, to: size, mostBytes })
  } finally {
    await file.close()
  }
}

async function readLinesOf(file: FileHandle, range: { from: number; to: number; mostBytes: number }) {
  const { from, to } = range
  for (let most = range.mostBytes; ; most *= 2) {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(most, to - from)))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
    const read = bytes.subarray(0, bytesRead)
    const last = read.lastIndexOf(10) + 1
    if (last === 0 && from + bytesRead < to) continue
    const lines = read
      .subarray(0, Math.max(0, last - 1))
      .toString('utf8')
      .split('\n')
    return { lines: last === 0 ? [] : lines, end: from + last }
  }
}

function endsIn(bytes: Buffer, at: number): number[] {
  const ends: number[] = []
  for (let from = bytes.indexOf(10); from >= 0; from = bytes.indexOf(10, from + 1)) ends.push(at + from + 1)
  return ends
}
