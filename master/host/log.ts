import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { destination, pino, stdTimeFunctions, type Logger } from 'pino'

/**
 * A process's log, JSON lines in `<logs>/host.log`, written at once, so that the last line before an end is there. When the file has
 * reached its size it becomes host.1.log, and so on; the oldest goes. One file has one writer at a time.
 */

export interface LogOptions {
  /** The home's logs folder. */
  folder: string
  /** Of the file, without its ending. */
  name?: string
  /** Of one file. */
  maxBytes?: number
  /** Older files that are kept. */
  keep?: number
}

export interface HostLog {
  logger: Logger
  close(): void
}

const longestBacklog = 1024 * 1024

export function openLog({ folder, name = 'host', maxBytes = 8 * 1024 * 1024, keep = 3 }: LogOptions): HostLog {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${name}.log`)
  const open = () => {
    const file = destination({ dest: path, sync: true, mode: 0o600, maxLength: longestBacklog })
    // Where the disk is full, lines wait, so far as there is room for them in memory: no host ends because of its log.
    file.on('error', () => undefined)
    return file
  }
  let file = open()
  let bytes = statSync(path).size
  const stream = {
    write(line: string): void {
      const size = Buffer.byteLength(line)
      if (bytes > 0 && bytes + size > maxBytes) {
        file.end()
        rotate(join(folder, name), keep)
        file = open()
        bytes = 0
      }
      bytes += size
      file.write(line)
    },
  }
  const logger = pino({ base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime }, stream)
  return { logger, close: () => file.end() }
}

function rotate(base: string, keep: number): void {
  const name = (number: number) => (number === 0 ? `${base}.log` : `${base}.${number}.log`)
  rmSync(name(keep), { force: true })
  for (let number = keep - 1; number >= 0; number--) {
    if (statSync(name(number), { throwIfNoEntry: false }) !== undefined) renameSync(name(number), name(number + 1))
  }
}
