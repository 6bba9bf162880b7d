import { closeSync, openSync, writeSync } from 'node:fs'
import { crumbBytes, encodeCrumb } from '../contract/crumb.ts'
import type { RecordPlace } from '../contract/outcome.ts'

/**
 * Notes what this worker is at, in a file of one size that is written over and over and belongs to one job and one worker. A write that
 * has returned survives SIGKILL: its bytes are the kernel's by then. It is never synced: a loss of power takes the whole attempt anyway.
 *
 * A worker may know a thousand jobs and works at one: only that one's file is open.
 */
export class Breadcrumb {
  static #current: Breadcrumb | null = null
  readonly #path: string
  readonly #bytes = new Uint8Array(crumbBytes)
  readonly #view = new DataView(this.#bytes.buffer)
  #fd: number | null = null
  #task = { seq: 0, attempt: 0 }

  constructor(path: string) {
    this.#path = path
  }

  /** An attempt begins. */
  begin(task: { seq: number; attempt: number }): void {
    this.#task = { seq: task.seq, attempt: task.attempt }
    this.at(null)
  }

  /** It is about to handle this record, or none. */
  at(place: RecordPlace | null): void {
    encodeCrumb(this.#view, { ...this.#task, at: place })
    writeSync(this.#fd ?? this.#open(), this.#bytes, 0, crumbBytes, 0)
  }

  close(): void {
    if (this.#fd === null) return
    closeSync(this.#fd)
    this.#fd = null
    Breadcrumb.#current = null
  }

  #open(): number {
    Breadcrumb.#current?.close()
    const fd = openSync(this.#path, 'w', 0o600)
    this.#fd = fd
    Breadcrumb.#current = this
    return fd
  }
}
