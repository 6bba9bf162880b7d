import { z } from 'zod'
import type { Input } from '../../contract/dataset.ts'
import { defineKind } from '../../contract/kind.ts'
import { folderMediaType } from '../../contract/outcome.ts'
import { tableParams, tableWishes } from '../../datasets/table/params.ts'
import { templateOf, TemplateFault, type Template } from './commandLine.ts'
import { haltPattern } from './halt.ts'

/**
 * A program once per file, line or row. What it does outside is its own affair: an attempt whose end nobody saw is not run again unasked,
 * and only a person starts programs.
 */
const day = 24 * 60 * 60 * 1000
const longestTimeoutMs = 20 * day

const params = z.strictObject({
  command: z.array(z.string().max(100_000)).min(1).max(10_000).meta({
    title: 'Command',
    description:
      'The program and its arguments, each a word of its own. {} is the item, {.} without its extension, {/} its last part, {//} its folder, {/.} the last part without extension, {#} its number, {name} a column, {out} a folder of its own; without any the item is the last word',
  }),
  per: z.enum(['file', 'line', 'row']).default('file').meta({
    title: 'Once per',
    description: 'file: each input; line: each line of text; row: each row of a table',
  }),
  shell: z.boolean().default(false).meta({
    title: 'Shell',
    description: 'The command is a line for /bin/sh, with pipes and redirections, instead of a program and its words',
  }),
  use: z.enum(['cpu', 'io']).default('cpu').meta({
    title: 'Use',
    description: 'cpu: one program at a time for each worker; io: many at once, for programs that mostly wait',
  }),
  atOnce: z.int().min(1).max(1024).optional().meta({
    title: 'At once',
    description: 'So many programs at the same time at most; as many as there is room for, if not given',
  }),
  timeoutMs: z.int().min(1).max(longestTimeoutMs).optional().meta({
    title: 'Timeout',
    description: 'A program that takes more milliseconds is ended, and has failed; none if not given',
  }),
  retries: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .meta({ title: 'Retries', description: 'How often an item that failed is tried again' }),
  halt: z
    .string()
    .regex(haltPattern, 'never, or soon or now with fail=N or fail=N%, such as now,fail=20%')
    .default('never')
    .meta({
      title: 'Halt',
      description:
        'When to give up: soon,fail=3 begins no more after three failures, now,fail=20% ends the running ones too',
    }),
  folder: z.string().max(4096).startsWith('/', 'an absolute path').optional().meta({
    title: 'Run in',
    description: 'The folder in which the programs run; an empty one for each item, if not given',
  }),
  collect: z.boolean().optional().meta({
    title: 'Collect files',
    description:
      'Keep what an item leaves in {out} as files of the job; so unless said otherwise, where the command has {out}',
  }),
  mostOutputBytes: z
    .int()
    .min(0)
    .max(1024 * 1024 * 1024)
    .default(16 * 1024 * 1024)
    .meta({ title: 'Most output', description: 'So many bytes of what an item prints are kept' }),
  reuse: z.boolean().default(true).meta({
    title: 'Leave out what is done',
    description: 'Items that an earlier job has done, with the same input, command and program, are not run again',
  }),
  version: z.string().max(1000).default('').meta({
    title: 'Version',
    description: 'Any text; what was done under another one is done again',
  }),
  rerunUnknown: z.boolean().default(false).meta({
    title: 'Run again after a crash',
    description: 'Run an item again when nobody saw how its program ended',
  }),
  ...tableParams,
})
export type CommandParams = z.output<typeof params>

const countsSchema = z.strictObject({
  items: z.int(),
  done: z
    .int()
    .meta({ description: 'Items whose program ended with 0, those left out because they were done already too' }),
  reused: z.int().meta({ description: 'Of these, what an earlier job had done' }),
  failed: z.int().meta({ description: 'Items whose program ended otherwise; they are set aside' }),
  timedOut: z.int().meta({ description: 'Of these, the ones that took too long' }),
  notRun: z.int().meta({ description: 'Items not begun, or ended, because too many had failed' }),
  attempts: z.int().meta({ description: 'How often the program was started' }),
  runMs: z.number().meta({ description: 'How long it ran, all attempts together' }),
  outputBytes: z.int().meta({ description: 'What was printed and kept' }),
  files: z.int().meta({ description: 'Files collected' }),
})
export type Counts = z.output<typeof countsSchema>

export const resultSchema = countsSchema.extend({
  halted: z.boolean().meta({ description: 'Whether too many items had failed to go on' }),
  shell: z.boolean().meta({ description: 'Whether a shell read the command' }),
})

export const artifacts = {
  output: { name: 'output.txt', mediaType: 'text/plain' },
  results: { name: 'results.csv', mediaType: 'text/csv' },
  joblog: { name: 'joblog.tsv', mediaType: 'text/tab-separated-values' },
  outputs: { name: 'outputs', mediaType: folderMediaType },
} as const

export const kind = defineKind({
  id: 'command',
  version: 1,
  title: 'Run a program',
  summary: 'Starts a program once for each file, line or row, on all cores, and keeps what it prints and writes.',
  accepts: ['text', 'binary', 'table'],
  inputs: 'required',
  effects: 'outside',
  trust: 'person',
  changesInputs: true,
  // While a program runs its task gets nowhere; how long that may take is the param's to say.
  limits: { noProgressMs: 365 * day },
  params,
  table: tableWishes,
  result: resultSchema,
  artifacts: (given) =>
    Object.values(artifacts).flatMap(({ name }) => (name === artifacts.outputs.name && !collects(given) ? [] : [name])),
  check,
  cost: (_params, { bytes }) => ({ ms: 1000 + bytes / 1000 }),
})

/** Whether what items leave in their folders is claimed. */
export function collects(given: Pick<CommandParams, 'collect' | 'command' | 'shell'>): boolean {
  if (given.collect !== undefined) return given.collect
  // Which columns there are decides nothing here: {out} is a column only where one is called so.
  return given.command.some((word) => word.includes('{out}'))
}

/** Columns of rows; null where items are no rows. Throws a TemplateFault. */
export function commandOf(given: Pick<CommandParams, 'command' | 'shell' | 'per'>, inputs: readonly Input[]): Template {
  const columns = given.per === 'row' ? (inputs[0]?.table?.columns.map(({ name }) => name) ?? []) : null
  return templateOf(given, columns)
}

function check(given: CommandParams, inputs: readonly Input[]): string | null {
  const complaint = complaintAboutProgram(given)
  if (complaint !== null) return complaint
  const stranger = inputs.find((input) => !fits(given.per, input))
  if (stranger !== undefined) return `${stranger.name} is no ${given.per === 'row' ? 'table' : 'text'}`
  try {
    commandOf(given, inputs)
    return null
  } catch (error) {
    if (error instanceof TemplateFault) return error.message
    throw error
  }
}

function complaintAboutProgram({ command, shell }: CommandParams): string | null {
  if (command.some((word) => word.includes('\0'))) return 'no word of a command can hold a NUL'
  const [program = ''] = command
  if (shell) return null
  if (program === '') return 'the command names no program'
  if (!program.includes('/') || program.startsWith('/')) return null
  return `the program ${program} must be a name that the PATH knows, or an absolute path`
}

function fits(per: CommandParams['per'], { format, table }: Input): boolean {
  if (per === 'file') return true
  return per === 'row' ? table !== undefined : format === 'text'
}
