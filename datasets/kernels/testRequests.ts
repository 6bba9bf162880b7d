import type { Region } from './memory.ts'
import type { Notation } from './requests.ts'

/** Fields of one column compared with a constant, for all rows of a batch at once. */
export interface TestKernels {
  testNumbers(request: NumberTest): void
  testTexts(request: TextTest): void
}

/** What is known of a row while a conjunction is being evaluated from left to right. */
export const rowStates = {
  /** A term is false: no later one is looked at. */
  no: 0,
  yes: 1,
  /** A term is null and none false. */
  unknown: 2,
  /** A term met what a kernel cannot judge: the row is to be evaluated in another way. No later term is looked at. */
  open: 3,
} as const

/** What a term is, as a state, for a field that is less than the constant, equal to it, greater, or null. */
export interface Verdicts {
  less: number
  equal: number
  greater: number
  nothing: number
}

interface FieldTest {
  /** Of row r the field [starts[r], ends[r]) of the bytes, which is null where `nulls[r]` is not 0. */
  bytes: Region
  starts: Region
  ends: Region
  nulls: Region
  count: number
  verdicts: Verdicts
  /** Of each row; brought up to date. */
  states: Region
}

/** What is empty is null, too. A field is open unless parseNumbers marks it as an integer or decimal. */
export interface NumberTest extends FieldTest {
  notation: Notation
  constant: number
}

/**
 * By bytes, which is the order of code points. A field is open where bytes that may not be UTF-8 decide whether it is less or greater, unless
 * both come to the same: a constant without U+FFFD is equal to no field with such bytes.
 */
export interface TextTest extends FieldTest {
  constant: Region
}
