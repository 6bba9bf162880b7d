import { z } from 'zod'
import type { Input, Readable } from './dataset.ts'
import type { TableWishes } from './table.ts'

/**
 * A job kind as every environment reads it: data and pure functions, nothing that touches a file.
 * How it splits stands in its plan.ts, how it computes in its run.ts, how it looks in its view.tsx.
 */
export interface Kind<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  id: string
  version: number
  title: string
  /** One sentence for the person who chooses. */
  summary: string
  /** The dataset formats it reads. */
  accepts: readonly Readable[]
  /** Whether it needs inputs: `optional` kinds can also work from params alone. */
  inputs: 'required' | 'optional' | 'none'
  /** Whether items can be given to it one by one while its job runs: its run.ts has an `item` stage. */
  open: boolean
  /** `outside`: its tasks change something beyond their own scratch, so they are never raced or run again unasked. */
  effects: 'none' | 'outside'
  /** `person`: its jobs may do whatever the person may, so that none is made because a page says so. */
  trust: 'anyone' | 'person'
  /** Whether its tasks may change or remove the inputs: what has become of these is then nothing against the result. */
  changesInputs: boolean
  /**
   * Whether a task with effects outside may be run again when nobody knows how far the attempt before came. By convention the param
   * `rerunUnknown: true` allows it.
   */
  mayRerun(params: z.output<Params>): boolean
  /** Where its tasks need other limits than all: so long without progress, so much memory of one worker. */
  limits: { noProgressMs?: number; memoryBytes?: number }
  /** `diagnostics` kinds are not offered for dropped files. */
  group: 'work' | 'diagnostics'
  params: Params
  result: Result
  /** The names of the files it will write for these params: known before the job exists, so that none is overwritten. */
  artifacts(params: z.output<Params>): string[]
  /** How the params overrule what intake finds a table to be (datasets/table/params.ts). */
  table(params: z.output<Params>): TableWishes
  /** The params with what was left open decided by what the inputs are; the job keeps them so. */
  settle(params: z.output<Params>, inputs: readonly Input[]): z.output<Params>
  /** What the schema of one param cannot say: a sentence about what is wrong with params and inputs together, or null. */
  check(params: z.output<Params>, inputs: readonly Input[]): string | null
  /** A first guess of the bytes that it writes, between stages and at the end together. */
  room(params: z.output<Params>, work: { bytes: number }): number
  /** A first guess of the cost on one core, until this machine has a history of the kind. */
  cost(params: z.output<Params>, work: { bytes: number }): { ms: number }
}

type Definition<Params extends z.ZodType, Result extends z.ZodType> = Pick<
  Kind<Params, Result>,
  'id' | 'version' | 'title' | 'summary' | 'params' | 'result'
> &
  Partial<Kind<Params, Result>>

export function defineKind<Params extends z.ZodType, Result extends z.ZodType>(
  definition: Definition<Params, Result>,
): Kind<Params, Result> {
  return {
    accepts: [],
    inputs: 'none',
    open: false,
    effects: 'none',
    trust: 'anyone',
    changesInputs: false,
    mayRerun: asksForReruns,
    limits: {},
    group: 'work',
    artifacts: () => [],
    table: () => ({}),
    settle: (params) => params,
    check: () => null,
    room: (_params, work) => work.bytes,
    cost: (_params, work) => ({ ms: work.bytes / 50_000 }),
    ...definition,
  }
}

function asksForReruns(params: unknown): boolean {
  return typeof params === 'object' && params !== null && 'rerunUnknown' in params && params.rerunUnknown === true
}

/** JSON Schema of what a person may write, for forms, `kinds KIND --json` and the command line. */
export function inputJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
}

export function outputJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as JsonSchema
}

/** The part of JSON Schema that forms and the command line read. */
export interface JsonSchema {
  type?: string | string[]
  title?: string
  description?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  anyOf?: JsonSchema[]
  minimum?: number
  maximum?: number
  pattern?: string
  additionalProperties?: boolean | JsonSchema
  [keyword: string]: unknown
}
