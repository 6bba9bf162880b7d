import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { JobDocument } from '../../contract/job.ts'
import type { Ground } from './gristmill.ts'
import type { Chance } from '../harness/chance.ts'

/** One request run under several numbers of workers and sizes of tasks: what comes out must not tell them apart. */
export interface Layout {
  workers: number
  split?: number
}

/** One worker, two, five; the sizes of tasks are random ones between `least` and `most`. */
export function layoutsOf(chance: Chance, [least, most]: readonly [number, number]): Layout[] {
  return [
    { workers: 1 },
    { workers: 2, split: chance.between(least, most) },
    { workers: 5, split: chance.between(least, most) },
  ]
}

export interface Outcome {
  document: JobDocument
  artifact: Buffer | null
}

export async function runLayout(ground: Ground, args: readonly string[], layout: Layout): Promise<Outcome> {
  const split = layout.split === undefined ? [] : ['--split', String(layout.split)]
  const document = await ground.runJob([...args, '--workers', String(layout.workers), ...split])
  const [artifact] = document.artifacts
  return { document, artifact: artifact ? readFileSync(artifact.path) : null }
}

/** `stage` is the one that reads: a parallel run has at least `leastTasks` of it. */
export async function expectParallel(ground: Ground, outcome: Outcome, stage: string, leastTasks = 4): Promise<void> {
  const tasks = await ground.tasks(outcome.document.job.id)
  expect(tasks.filter((task) => task.stage === stage).length).toBeGreaterThanOrEqual(leastTasks)
}

/** Bytes that are the same, told without printing a megabyte when they are not. */
export function expectSameBytes(actual: Buffer | null, expected: Buffer, what: string): void {
  if (actual === null) throw new Error(`${what}: there is no artifact`)
  if (actual.equals(expected)) return
  const at = actual.findIndex((byte, index) => byte !== expected[index])
  const around = (bytes: Buffer) => bytes.subarray(Math.max(0, at - 40), at + 40).toString('latin1')
  expect.fail(`${what}: ${actual.length} and ${expected.length} bytes; ${around(actual)} is not ${around(expected)}`)
}
