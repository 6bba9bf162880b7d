import type { FailureCode } from '../contract/outcome.ts'
import { PartLost, TaskFailure } from '../contract/run.ts'

/**
 * What an error thrown by a task means to the master. What follows from the code is decided there (master/engine/retry.ts);
 * here it is only told apart.
 */
export interface Failure {
  code: FailureCode
  message: string
  stack?: string
  /** The scratch file, for `part-lost`. */
  lost?: string
}

const codesOfSystemErrors: Record<string, FailureCode> = {
  ENOSPC: 'disk-full',
  EFBIG: 'file-too-large',
  EDQUOT: 'disk-full',
  EACCES: 'refused-input',
  EPERM: 'refused-input',
  EROFS: 'refused-input',
  EMFILE: 'descriptors-short',
  ENFILE: 'descriptors-short',
  EIO: 'transient',
  EAGAIN: 'transient',
  EBUSY: 'transient',
  ESTALE: 'transient',
  ETIMEDOUT: 'transient',
  ENOMEM: 'out-of-memory',
  ERR_MEMORY_ALLOCATION_FAILED: 'out-of-memory',
}

const longestMessage = 2000
const longestStack = 8000

export function failureOf(error: unknown): Failure {
  if (error instanceof PartLost) return { code: error.code, message: cut(error.message), lost: error.file }
  if (error instanceof TaskFailure) return { code: error.code, message: cut(error.message) }
  const known = codeOf(error)
  if (known !== undefined) return { code: known, message: messageOf(error) }
  const stack = error instanceof Error ? error.stack : undefined
  return {
    code: 'bug',
    message: messageOf(error),
    ...(stack === undefined ? {} : { stack: stack.slice(0, longestStack) }),
  }
}

function codeOf(error: unknown): FailureCode | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return codesOfSystemErrors[error.code]
  // V8's words for an ArrayBuffer and for a WebAssembly memory that could not be had; they carry no code.
  if (
    error instanceof RangeError &&
    /allocation failed|could not allocate|memory size exceeded|unable to grow/i.test(error.message)
  )
    return 'out-of-memory'
  return undefined
}

function messageOf(error: unknown): string {
  return cut(error instanceof Error ? error.message : String(error))
}

function cut(message: string): string {
  return message.slice(0, longestMessage)
}
