import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TaskContext } from '../../workers/context.ts'

/** A scratch folder with the context of one task in it, for tests of what a kind does with its scratch files. */
export interface ScratchFolder {
  path: string
  context: TaskContext
  remove(): void
}

export function makeScratchFolder(): ScratchFolder {
  const path = mkdtempSync(join(tmpdir(), 'gristmill-scratch-'))
  const context = new TaskContext({ job: { inputs: [], scratch: path }, params: {}, seq: 0, attempt: 1 })
  return {
    path,
    context,
    remove: () => {
      context.close()
      rmSync(path, { recursive: true })
    },
  }
}
