import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { formulaComplaint } from './formula.ts'
import { progression } from './progression.ts'

/**
 * A formula over numbers. They come from text files (one to a line), from `values`, or from `from`, `to` and `step`; exactly one of
 * the three. A line that is no number (a blank one too), and a number whose output is not finite, is set aside as a reject.
 */
export const artifactName = 'numbers.txt'
/** How many outputs stand in the result from each end. */
export const sampleSize = 20

const mostTerms = 1_000_000_000

const params = z.strictObject({
  formula: z
    .string()
    .max(1000)
    .default('x')
    .superRefine((text, issues) => {
      const complaint = formulaComplaint(text)
      if (complaint !== null) issues.addIssue({ code: 'custom', message: complaint })
    })
    .meta({ title: 'Formula', description: 'What to compute of each number x, for example x * 2 or sqrt(x)' }),
  values: z
    .array(z.number())
    .max(1_000_000)
    .optional()
    .meta({ title: 'Values', description: 'The numbers themselves, instead of a file' }),
  from: z.number().optional().meta({ title: 'From', description: 'The first number of a sequence, instead of a file' }),
  to: z.number().optional().meta({ title: 'To', description: 'Where the sequence ends, this number included' }),
  step: z.number().default(1).meta({ title: 'Step', description: 'From each number of the sequence to the next' }),
})
export type NumbersParams = z.output<typeof params>

const outputs = z.array(z.number()).max(sampleSize)

export const kind = defineKind({
  id: 'numbers',
  version: 1,
  title: 'Compute with numbers',
  summary: 'Applies a formula to every number of a file, a list or a sequence, and sums up the outputs exactly.',
  accepts: ['text'],
  inputs: 'optional',
  open: true,
  params,
  result: z.strictObject({
    count: z.int().meta({ description: 'How many outputs there are' }),
    sum: z.number().nullable().meta({ description: 'The exact sum, rounded once; null when no double is that large' }),
    min: z.number().nullable(),
    max: z.number().nullable(),
    first: outputs.meta({ description: 'The first 20 outputs, in input order' }),
    last: outputs.meta({ description: 'The last 20 outputs, in input order' }),
  }),
  artifacts: () => [artifactName],
  check,
  // A double takes up to 25 bytes in a line, once between stages and once in the artifact.
  room: (params, { bytes }) => 50 * (bytes / 8 + listedCount(params)),
  cost: (params, { bytes }) => ({ ms: (bytes / 8 + listedCount(params)) * 0.0004 }),
})

/** How many numbers the params themselves list; 0 when they come from files. */
export function listedCount(params: NumbersParams): number {
  return params.values?.length ?? sequenceOf(params)?.count ?? 0
}

export function sequenceOf({ from, to, step }: NumbersParams): ReturnType<typeof progression> | null {
  return from === undefined || to === undefined ? null : progression({ from, to, step })
}

function check(params: NumbersParams, inputs: readonly Input[]): string | null {
  const isSequence = params.from !== undefined || params.to !== undefined
  const sources = [inputs.length > 0, params.values !== undefined, isSequence].filter(Boolean).length
  if (sources === 0) return 'there are no numbers: give a text file, values, or from and to'
  if (sources > 1) return 'give the numbers once: as text files, as values, or as from and to'
  return isSequence ? checkSequence(params) : null
}

function checkSequence(params: NumbersParams): string | null {
  const { from, to, step } = params
  if (from === undefined) return 'from is missing: a sequence has from and to'
  if (to === undefined) return 'to is missing: a sequence has from and to'
  if (step === 0) return 'step is 0: the sequence would never end'
  const count = sequenceOf(params)?.count ?? 0
  if (count === 0) return `a step of ${step} leads from ${from} away from ${to}`
  return count > mostTerms ? `from, to and step make ${count} numbers; the most is ${mostTerms}` : null
}
