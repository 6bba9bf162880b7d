import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import type { Input } from '../contract/dataset.ts'
import { mendedFileSchema } from '../contract/mended.ts'
import { TaskFailure } from '../contract/run.ts'
import { assertUnchanged } from '../datasets/fingerprint.ts'

/**
 * A job's inputs, opened for reading. Descriptors are kept from task to task, the last 128 of them: so one is valid until 127 others have
 * been opened after it.
 */
const mostOpen = 128

export class InputFiles {
  readonly #inputs: readonly Input[]
  /** In the order of use, the longest unused first. */
  readonly #open = new Map<number, number>()
  readonly #mended = new Map<number, ReadonlyMap<number, Buffer>>()

  constructor(inputs: readonly Input[]) {
    this.#inputs = inputs
  }

  /**
   * The descriptor of an input. Whenever it is opened, and when `check` asks for it, the path must lead to the version that the job was
   * made for.
   */
  descriptor(index: number, check: boolean): number {
    const input = this.#inputs[index]
    if (input === undefined) throw new RangeError(`the job has no input ${index}`)
    try {
      const kept = this.#open.get(index)
      if (kept !== undefined && check) assertUnchanged(input, statSync(input.path, { bigint: true }))
      return this.#keep(index, kept ?? openInput(input))
    } catch (error) {
      throw explained(error, input)
    }
  }

  /** Looks at the path only: nothing is opened. */
  check(index: number): void {
    const input = this.#inputs[index]
    if (input === undefined) throw new RangeError(`the job has no input ${index}`)
    try {
      assertUnchanged(input, statSync(input.path, { bigint: true }))
    } catch (error) {
      throw explained(error, input)
    }
  }

  /** The records of an input that a person has put right, read once; null when there are none. */
  mended(index: number): ReadonlyMap<number, Buffer> | null {
    const path = this.#inputs[index]?.mended
    if (path === undefined) return null
    const known = this.#mended.get(index)
    if (known !== undefined) return known
    const records = mendedFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    const mended = new Map(records.map(({ offset, raw }) => [offset, Buffer.from(raw)]))
    this.#mended.set(index, mended)
    return mended
  }

  close(): void {
    for (const fd of this.#open.values()) closeSync(fd)
    this.#open.clear()
  }

  #keep(index: number, fd: number): number {
    this.#open.delete(index)
    this.#open.set(index, fd)
    const [oldest] = this.#open
    if (oldest !== undefined && this.#open.size > mostOpen) {
      closeSync(oldest[1])
      this.#open.delete(oldest[0])
    }
    return fd
  }
}

/** Without O_NONBLOCK a path that has become a FIFO would wait for its writer for ever. */
function openInput(input: Input): number {
  const fd = openSync(input.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    assertUnchanged(input, fstatSync(fd, { bigint: true }))
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function explained(error: unknown, input: Input): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new TaskFailure('input-changed', `cannot read ${input.path}: it is gone`, { cause: error })
  if (code === 'EACCES' || code === 'EPERM')
    return new TaskFailure('refused-input', `cannot read ${input.path}: permission denied`, { cause: error })
  return error
}
