import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'

const longestWaitMs = 3_600_000

const params = z.strictObject({
  tasks: z.int().min(1).max(1_000_000).default(1000).meta({ title: 'Tasks', description: 'How many tasks to run' }),
  ms: z
    .int()
    .min(0)
    .max(longestWaitMs)
    .default(0)
    .meta({ title: 'Milliseconds', description: 'How long each task waits' }),
  use: z.enum(['cpu', 'io', 'exclusive']).optional().meta({
    title: 'Use',
    description:
      'cpu, as when left out: each task keeps a worker; io: many wait in one worker, as for servers; exclusive: each runs while nothing else does',
  }),
  memoryBytes: z
    .int()
    .min(0)
    .optional()
    .meta({ title: 'Memory', description: 'How many bytes each task says that it takes; it takes none' }),
})
export type NoOpParams = z.output<typeof params>

/** Tasks without work: what the engine itself costs. */
export const kind = defineKind({
  id: 'no-op',
  version: 1,
  title: 'Do nothing',
  summary: 'Runs tasks that only wait, to measure what a task itself costs on this machine.',
  group: 'diagnostics',
  open: true,
  // A task that waits gets nowhere, and may do so for an hour.
  limits: { noProgressMs: 2 * longestWaitMs },
  params,
  result: z.strictObject({ tasks: z.int() }),
  cost: ({ tasks, ms }) => ({ ms: tasks * (ms + 0.01) }),
})
