import type { Kind } from '../contract/kind.ts'
import { invariant } from '../contract/invariant.ts'
import type { Run } from '../contract/run.ts'

/**
 * Every kind's stage functions, found by their place in the tree: adding a kind is adding a folder. What a kind computes with is loaded
 * when a job of the kind is first met; what it is called is known from the start.
 */
const kinds = import.meta.glob<Kind>('../kinds/*/kind.ts', { eager: true, import: 'kind' })
const loaders = import.meta.glob<Run>('../kinds/*/run.ts', { import: 'run' })

export async function findRun(kind: string): Promise<Run> {
  const found = Object.entries(kinds).find(([, known]) => known.id === kind)
  const load = found && loaders[found[0].replace(/kind\.ts$/, 'run.ts')]
  invariant(load !== undefined, `this worker knows no kind ${kind}`)
  return load()
}
