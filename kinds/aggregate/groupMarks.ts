import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext, ScratchWriter } from '../../contract/run.ts'
import { ByteSink } from './byteSink.ts'
import { type ByteView, GroupCursor } from './groupFile.ts'

/**
 * Where groups begin in a file of groups, about every 4 KiB, so that a stretch of keys can be read by itself: for each mark its place as a
 * varint, the length of the group's key and the key.
 */
const betweenBytes = 4 * 1024

export interface Mark {
  offset: number
  key: Uint8Array
}

export class GroupMarks {
  readonly #sink = new ByteSink()
  #next = betweenBytes

  /** Whether a group that begins there is to be marked. */
  isDue(offset: number): boolean {
    return offset >= this.#next
  }

  /** Marks a group that begins there. */
  begin(offset: number, { bytes, start, end }: ByteView): void {
    this.#next = offset + betweenBytes
    this.#sink.varint(offset)
    this.#sink.varint(end - start)
    this.#sink.copy(bytes, start, end)
  }

  get isEmpty(): boolean {
    return this.#sink.length === 0
  }

  finish(writer: ScratchWriter): FileRef {
    writer.write(this.#sink.bytes.subarray(0, this.#sink.length))
    return writer.finish()
  }
}

export function readMarks(context: Pick<RunContext, 'path'>, file: FileRef): Mark[] {
  const cursor = new GroupCursor(context, file)
  const marks: Mark[] = []
  try {
    while (!cursor.isAtEnd) {
      const offset = cursor.varint()
      cursor.take(cursor.varint())
      marks.push({ offset, key: cursor.bytes.slice(cursor.start, cursor.end) })
    }
    return marks
  } finally {
    cursor.close()
  }
}
