import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { largestCandidate } from './candidate.ts'
import { segmentsOf } from './segments.ts'

/**
 * `check`: which candidates are prime; they come from params or from text files, one to a line. `range`: how many primes there are
 * from `from` to `to`, both included, and on request which.
 */
export const artifactName = 'primes.txt'
const largestInRange = 1_000_000_000_000

const digits = /^(?:0|[1-9]\d{0,19})$/

/** Integers below 2^53 as numbers, larger ones as strings of digits, which JSON does not round. */
const candidateSchema = z.union([
  z.int().min(0),
  z.string().regex(digits, 'digits of an integer').refine(isInReach, { message: 'an integer up to 2^64 - 1' }),
])
function isInReach(text: string): boolean {
  return digits.test(text) && BigInt(text) <= largestCandidate
}

const primeSchema = z.union([z.int(), z.string()])

const params = z.strictObject({
  mode: z
    .enum(['check', 'range'])
    .default('check')
    .meta({ title: 'Mode', description: 'check: test candidates; range: count all primes of a range' }),
  candidates: z.array(candidateSchema).max(1_000_000).optional().meta({
    title: 'Candidates',
    description: 'Integers from 0 to 2^64 - 1, instead of a file; beyond 2^53 as strings',
  }),
  from: z
    .int()
    .min(0)
    .max(largestInRange)
    .optional()
    .meta({ title: 'From', description: 'Where the range starts; 0 when left out' }),
  to: z
    .int()
    .min(0)
    .max(largestInRange)
    .optional()
    .meta({ title: 'To', description: 'Where the range ends, this number included' }),
  list: z
    .boolean()
    .default(false)
    .meta({ title: 'List', description: 'Write the primes of the range to a file as well' }),
})
export type PrimesParams = z.output<typeof params>

export const checkResultSchema = z.strictObject({
  primes: z.array(primeSchema).meta({
    description: 'The candidates that are prime, ascending, each as often as it was given; beyond 2^53 as strings',
  }),
  checked: z.int().meta({ description: 'How many candidates were checked' }),
})
export const rangeResultSchema = z.strictObject({ count: z.int() })

export const kind = defineKind({
  id: 'primes',
  version: 1,
  title: 'Find primes',
  summary: 'Tells which numbers of a list are prime, or counts and lists all primes of a range.',
  accepts: ['text'],
  inputs: 'optional',
  open: true,
  params,
  result: z.union([checkResultSchema, rangeResultSchema]),
  artifacts: ({ mode, list }) => (mode === 'range' && list ? [artifactName] : []),
  check: (params, inputs) => (params.mode === 'check' ? checkCandidates(params, inputs) : checkRange(params, inputs)),
  cost,
})

function cost(params: PrimesParams, { bytes }: { bytes: number }): { ms: number } {
  if (params.mode === 'check') return { ms: ((params.candidates?.length ?? 0) + bytes / 15) * 0.01 }
  const segments = segmentsOf(params)
  return { ms: segments.count * segments.span * (params.list ? 1e-5 : 2e-6) }
}

function checkCandidates(params: PrimesParams, inputs: readonly Input[]): string | null {
  if (params.from !== undefined || params.to !== undefined || params.list)
    return 'from, to and list belong to a range: set mode to range'
  if (params.candidates === undefined && inputs.length === 0)
    return 'there are no candidates: give a text file, candidates, or mode range with to'
  if (params.candidates !== undefined && inputs.length > 0)
    return 'give the candidates once: as text files or as candidates'
  return null
}

function checkRange(params: PrimesParams, inputs: readonly Input[]): string | null {
  if (params.candidates !== undefined || inputs.length > 0)
    return 'mode range takes from and to, no candidates and no files'
  if (params.to === undefined) return 'to is missing: a range needs its end'
  const from = params.from ?? 0
  return from > params.to ? `the range from ${from} to ${params.to} is empty` : null
}
