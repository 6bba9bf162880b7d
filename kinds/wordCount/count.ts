import { rmSync } from 'node:fs'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { TokenCounter, type TokenPlace } from '../../datasets/kernels/tokens.ts'
import type { TextBlock } from '../../datasets/text/read.ts'
import { RunTable } from './runs.ts'
import { type Scanner, TokenScanner, WordScanner } from './scan.ts'
import { WordTable } from './table.ts'
import { TableWriter, byWord, mergeFiles } from './tableFile.ts'
import { TopList } from './top.ts'

/** Words and counts in memory above this are written to the scratch folder, sorted, and merged at the end. */
const mostTableBytes = 64 * 1024 * 1024

export interface SortedTable {
  table: FileRef
  distinct: number
  top: TopList
}

type Scratch = Pick<RunContext, 'scratch' | 'path' | 'progress'>

/** Words between two looks whether the task has been told to stop. */
const wordsBetweenLooks = 16 * 1024

/** At most what a short token takes in the table: itself and its entry. */
const shortTokenBytes = 48

/**
 * Counts the words of one task in bounded memory. A kernel counts the runs of bytes that are short, which most are; each distinct one
 * and those that are longer go through the scanner, which alone knows what words they hold.
 */
export class WordCounter {
  readonly #context: Scratch
  readonly #mostTableBytes: number
  readonly #table = new WordTable()
  readonly #runs: RunTable
  readonly #scanner: Scanner
  readonly #short: TokenCounter
  /** The last block ended inside a run. */
  #isInRun = false
  readonly #spilled: FileRef[] = []
  /** Words that came out of runs. */
  #fromRuns = 0

  constructor(context: Scratch, tokens: 'words' | 'whitespace', limit = mostTableBytes) {
    this.#context = context
    this.#mostTableBytes = limit
    this.#runs = new RunTable((word, times) => {
      this.#table.add(word, times)
      this.#fromRuns += times
    })
    this.#short = new TokenCounter(tokens)
    this.#scanner = tokens === 'words' ? new WordScanner(this.#table, this.#runs) : new TokenScanner(this.#table)
  }

  /** Of all that was taken, once it is finished. */
  get total(): number {
    return this.#scanner.total + this.#fromRuns
  }

  /** Returns how many line feeds the block had. */
  take(block: TextBlock): number {
    const lines = this.#count(block)
    if (!block.isCut) {
      if (this.#table.bytes + this.#short.size * shortTokenBytes > this.#mostTableBytes) this.#drain()
      if (this.#runs.isFull) this.#runs.empty()
      if (this.#table.bytes > this.#mostTableBytes) this.#spill()
    }
    return lines
  }

  #count(block: TextBlock): number {
    if (!block.isCut && !this.#isInRun) {
      const text = block.bytes.subarray(block.start, block.end)
      return this.#short.count(text, {
        drained: (run, times) => this.#scanRun(run, times),
        other: (run) => this.#scanRun(run, 1),
      })
    }
    this.#isInRun = block.isCut
    const lines = this.#scanner.scan(block.bytes, block.start, block.end)
    if (!block.isCut) this.#scanner.finish()
    return lines
  }

  #drain(): void {
    this.#short.drain((run, times) => this.#scanRun(run, times))
  }

  /** A run of bytes by itself, as if met so many times. */
  #scanRun({ bytes, start, end }: TokenPlace, times: number): void {
    this.#scanner.times = times
    this.#scanner.scan(bytes, start, end)
    this.#scanner.finish()
    this.#scanner.times = 1
  }

  /** Everything counted, as one file in the order of the words' bytes. */
  finish(topSize: number): SortedTable {
    this.#drain()
    this.release()
    this.#runs.empty()
    if (this.#spilled.length > 0) {
      this.#spill()
      const merged = mergeTables(this.#context, this.#spilled, topSize)
      for (const file of this.#spilled) rmSync(this.#context.path(file))
      return merged
    }
    const top = new TopList(topSize)
    const table = this.#write('table', top)
    return { table, distinct: this.#table.size, top }
  }

  /** Also after a failure, and more than once: what the kernel holds is the thread's. */
  release(): void {
    this.#short.release()
  }

  #spill(): void {
    this.#spilled.push(this.#write(`spilled${this.#spilled.length}`, new TopList(0)))
    this.#table.clear()
  }

  #write(name: string, top: TopList): FileRef {
    const writer = new TableWriter(this.#context.scratch(name))
    for (const entry of this.#table.sorted()) {
      const word = this.#table.word(entry)
      writer.write(word, this.#table.times(entry))
      top.offer(word, this.#table.times(entry))
    }
    return writer.finish()
  }
}

/** Sorted tables as one, reading each from start to end: memory does not grow with them. */
export function mergeTables(context: Scratch, files: FileRef[], topSize: number): SortedTable {
  const writer = new TableWriter(context.scratch('table'))
  const top = new TopList(topSize)
  let word = Buffer.alloc(0)
  let times = 0
  let distinct = 0
  const keep = () => {
    if (times === 0) return
    writer.write(word, times)
    top.offer(word, times)
    distinct += 1
    if (distinct % wordsBetweenLooks === 0) context.progress(0, 0)
  }
  mergeFiles(context, files, {
    order: byWord,
    visit: (cursor) => {
      if (times > 0 && word.equals(cursor.word)) {
        times += cursor.times
        return
      }
      keep()
      word = Buffer.from(cursor.word)
      times = cursor.times
    },
  })
  keep()
  return { table: writer.finish(), distinct, top }
}
