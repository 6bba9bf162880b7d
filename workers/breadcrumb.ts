import { closeSync, openSync, writeSync } from 'node:fs'
import { crumbBytes, encodeCrumb } from '../contract/crumb.ts'
import type { RecordPlace } from '../contract/outcome.ts'

/**
 * Notes what this worker is at, in a file of one size that is written over and over and belongs to one job and one worker. A write that
 * has returned survives SIGKILL: its bytes are the kernel's by then. It is never synced: a loss of power takes the whole attempt anyway.
 */
export class Breadcrumb {
  readonly #fd: number
  readonly #bytes = new Uint8Array(crumbBytes)
  readonly #view = new DataView(this.#bytes.buffer)
  #task = { seq: 0, attempt: 0 }

  /** Its room is taken at once, so that a full disk is told before any record is at stake. */
  constructor(path: string) {
    this.#fd = openSync(path, 'w', 0o600)
    writeSync(this.#fd, this.#bytes, 0, crumbBytes, 0)
  }

  /** An attempt begins. */
  begin(task: { seq: number; attempt: number }): void {
    this.#task = { seq: task.seq, attempt: task.attempt }
    this.at(null)
  }

  /** It is about to handle this record, or none. */
  at(place: RecordPlace | null): void {
    encodeCrumb(this.#view, { ...this.#task, at: place })
    writeSync(this.#fd, this.#bytes, 0, crumbBytes, 0)
  }

  close(): void {
    closeSync(this.#fd)
  }
}
