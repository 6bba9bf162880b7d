import { combineCrc32 } from '../../../datasets/crc32.ts'
import type { Json } from '../../../contract/json.ts'
import type { LedgerTask } from '../../../contract/ledger.ts'
import { type FileRef, folderMediaType, type Recorded } from '../../../contract/outcome.ts'
import type { WriteOperation } from '../../../contract/plan.ts'
import type { Work } from '../../../contract/workerMessages.ts'
import type { ActiveOperation, FinishedPart, OrderDetails, TaskSpec } from './activeOperation.ts'
import type { ActiveMap } from './mapOperation.ts'

/** A write task copies at most this much, so that several workers write one artifact. */
const bytesPerTask = 64 * 1024 * 1024
const filesPerTask = 512
const publishing = 'publish'

/**
 * One ordered artifact. It waits until all its parts are there, puts them at offsets that are the prefix sums of their sizes, lets
 * workers copy them into one temporary file in the output folder, and has the last task publish that file under its name. Where the artifact
 * is a folder the parts are packs, and workers copy their files into one temporary folder.
 *
 * A copying task's cells are places in the list of parts; the publishing one covers one place more, and its args say so.
 */
export class ActiveWrite implements ActiveOperation {
  readonly id: string
  readonly stage = 'write'
  readonly urgent = true
  readonly secondary = true
  readonly #asked: WriteOperation
  readonly #source: ActiveMap | FileRef
  readonly #paths: { temporary: string; final: string; force: boolean }
  #parts: { file: FileRef; offset: number }[] | null = null
  #bytes = 0
  #crc32 = 0
  #nextPart = 0
  #copied = 0
  #publishing = false
  #published = false

  constructor(
    id: string,
    asked: WriteOperation,
    place: { source: ActiveMap | FileRef; temporary: string; final: string; force: boolean },
  ) {
    this.id = id
    this.#asked = asked
    this.#source = place.source
    this.#paths = place
  }

  get exhausted(): boolean {
    return this.#publishing
  }

  get finished(): boolean {
    return this.#published
  }

  make(limit: number): TaskSpec[] {
    const parts = this.#ready()
    if (parts === null) return []
    const specs: TaskSpec[] = []
    while (specs.length < limit && this.#nextPart < parts.length) {
      const from = this.#nextPart
      this.#nextPart = this.#endOfTask(parts, from)
      specs.push({ from, to: this.#nextPart })
    }
    if (this.#copied === parts.length && !this.#publishing && specs.length < limit) {
      this.#publishing = true
      specs.push({ from: parts.length, to: parts.length + 1, args: publishing })
    }
    return specs
  }

  /** Copying waits for the parts, publishing for every copy: also when both are on record and begin again. */
  ready(task: { args?: Json }): boolean {
    const parts = this.#ready()
    return parts !== null && (task.args !== publishing || this.#copied === parts.length)
  }

  restore(task: LedgerTask): void {
    if (task.args === publishing) {
      this.#publishing = true
      this.#published = task.state === 'succeeded'
      return
    }
    this.#nextPart = Math.max(this.#nextPart, task.to)
    if (task.state === 'succeeded') this.#copied += task.to - task.from
  }

  succeeded(part: FinishedPart): void {
    if (part.from === this.#ready()?.length) this.#published = true
    else this.#copied += part.to - part.from
  }

  order(task: { from: number; to: number }): OrderDetails {
    const parts = this.#ready() ?? []
    if (task.from === parts.length) {
      const rows = parts.every(({ file }) => file.rows !== undefined)
        ? parts.reduce((sum, { file }) => sum + (file.rows ?? 0), 0)
        : null
      const { temporary: target, final } = this.#paths
      const copies = this.#isFolder ? { copies: copiesOf(parts) } : {}
      return { target, final, bytes: this.#bytes, crc32: this.#crc32, rows, ...copies }
    }
    return { target: this.#paths.temporary, copies: copiesOf(parts.slice(task.from, task.to)) }
  }

  work(task: { from: number }): Work {
    if (task.from !== this.#ready()?.length) return { type: 'write', ...(this.#isFolder ? { folder: true } : {}) }
    return { type: 'publish', name: this.#asked.name, mediaType: this.#asked.mediaType, force: this.#paths.force }
  }

  answer(): Recorded {
    return null
  }

  get #isFolder(): boolean {
    return this.#asked.mediaType === folderMediaType
  }

  #endOfTask(parts: readonly { file: FileRef }[], from: number): number {
    let bytes = 0
    let to = from
    while (to < parts.length && to - from < filesPerTask && (to === from || bytes < bytesPerTask))
      bytes += parts[to++]?.file.bytes ?? 0
    return to
  }

  /** The parts in cell order with their offsets, once every one is there. */
  #ready(): { file: FileRef; offset: number }[] | null {
    if (this.#parts !== null) return this.#parts
    const files = this.#files()
    if (files === null) return null
    this.#parts = files.map((file) => {
      const offset = this.#bytes
      this.#bytes += file.bytes
      this.#crc32 = combineCrc32(this.#crc32, file.crc32, file.bytes)
      return { file, offset }
    })
    return this.#parts
  }

  #files(): FileRef[] | null {
    if (!('nodes' in this.#source)) return [this.#source]
    if (!this.#source.finished) return null
    return this.#source.nodes
      .toSorted((one, other) => one.from - other.from)
      .flatMap((node) => node.answer.files?.[this.#asked.file] ?? [])
  }
}

function copiesOf(parts: readonly { file: FileRef; offset: number }[]): { from: FileRef; offset: number }[] {
  return parts.map(({ file, offset }) => ({ from: file, offset }))
}
