import { stat } from 'node:fs/promises'
import type { Input } from '../../contract/dataset.ts'
import { TaskFailure } from '../../contract/run.ts'
import { assertUnchanged } from '../../datasets/fingerprint.ts'

/** What is wrong with the first input that is no longer the version that the job was made for, or null. */
export async function changedInput(inputs: readonly Input[]): Promise<string | null> {
  for (const input of inputs) {
    try {
      assertUnchanged(input, await stat(input.path, { bigint: true }))
    } catch (error) {
      if (error instanceof TaskFailure) return error.message
      return `cannot read ${input.path}: ${(error as Error).message}`
    }
  }
  return null
}
