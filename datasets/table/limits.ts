import { mostFields } from '../kernels/records.ts'

/** Larger records are set aside. */
export const mostRecordBytes = 64 * 1024 * 1024

/** Why a record that has no end in sight is broken off at its first byte. */
export const brokenReasons = {
  unended: 'a quote is opened and never closed',
  tooLarge: 'the record is larger than 64 MiB, or a quote is not closed',
  tooWide: `the record has more than ${mostFields.toLocaleString('en')} fields`,
} as const
