import { isPrime } from './millerRabin.ts'

/** A candidate as JSON has it: a number up to 2^53 - 1, a string of digits beyond. */
export type Candidate = number | string

export const largestCandidate = 2n ** 64n - 1n

/** Spells a candidate in one way: leading zeros and signs are gone, and it is a number when it can be one. */
export function normalCandidate(candidate: Candidate): Candidate {
  const value = Number(candidate)
  return Number.isSafeInteger(value) ? value : BigInt(candidate).toString()
}

/** The candidate that stands in a line, or why there is none. */
export function readCandidate(line: string): { candidate: Candidate } | { reason: string } {
  const text = line.trim()
  if (text === '') return { reason: 'blank line' }
  if (!/^\+?\d+$/.test(text)) return { reason: 'not an integer of 0 or more' }
  const digits = text.replace(/^\+?0*(?=\d)/, '')
  if (digits.length > 20 || BigInt(digits) > largestCandidate) return { reason: 'larger than 2^64 - 1' }
  return { candidate: normalCandidate(digits) }
}

export function isPrimeCandidate(candidate: Candidate): boolean {
  return isPrime(typeof candidate === 'number' ? candidate : BigInt(candidate))
}

/** Ascending. Strings are beyond every number, and of two strings the longer one is larger. */
export function compareCandidates(one: Candidate, other: Candidate): number {
  if (typeof one === 'number') return typeof other === 'number' ? one - other : -1
  if (typeof other === 'number') return 1
  if (one.length !== other.length) return one.length - other.length
  if (one === other) return 0
  return one < other ? -1 : 1
}
