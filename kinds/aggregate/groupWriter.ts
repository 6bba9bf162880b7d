import type { FileRef } from '../../contract/outcome.ts'
import type { ScratchWriter } from '../../contract/run.ts'
import { ByteSink } from './byteSink.ts'
import { type ByteView, endSet, writeCounted } from './groupFile.ts'
import { GroupMarks } from './groupMarks.ts'
import { flush } from './groups.ts'
import type { GroupVisitor, MergedGroup } from './mergeGroups.ts'

/** Merged groups become one file of groups again. */
const flushBytes = 64 * 1024

export class GroupWriter implements GroupVisitor {
  groups = 0
  readonly #writer: ScratchWriter
  readonly #marks: GroupMarks
  readonly #sink = new ByteSink()
  #flushed = 0

  constructor(writer: ScratchWriter, marks = new GroupMarks()) {
    this.#writer = writer
    this.#marks = marks
  }

  begin({ key, rows, plain }: MergedGroup): void {
    const sink = this.#sink
    const at = this.#flushed + sink.length
    if (this.#marks.isDue(at)) this.#marks.begin(at, key)
    sink.varint(key.end - key.start)
    sink.copy(key.bytes, key.start, key.end)
    rows.write(0, sink)
    for (const { state } of plain) state.write(0, sink)
  }

  value(_set: number, value: ByteView, count: number): void {
    writeCounted(this.#sink, value, count)
    this.#flush()
  }

  endSet(): void {
    endSet(this.#sink)
  }

  end(): void {
    this.groups += 1
    this.#flush()
  }

  finish(): FileRef {
    flush(this.#sink, this.#writer)
    return this.#writer.finish(this.groups)
  }

  #flush(): void {
    if (this.#sink.length < flushBytes) return
    this.#flushed += this.#sink.length
    flush(this.#sink, this.#writer)
  }
}
