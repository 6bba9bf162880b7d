import type { z } from 'zod'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext } from '../../contract/run.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { makeRowWriter } from '../../datasets/write/rows.ts'
import { mostNames, type pathSchema } from './kind.ts'
import type { Measured, Reached } from './walk.ts'

/** The two paths that were found, node by node from the root on: as a table, and their upper names. */
const columns = ['path', 'depth', 'node', 'weight']

/** Knows the nodes from a root to a node. */
export interface Ways {
  wayTo(node: Reached['node']): Iterable<{ name: string; own: number }>
}

type ToldPath = z.infer<typeof pathSchema>

export function writePaths(
  tree: Ways,
  { deepest, heaviest }: Pick<Measured, 'deepest' | 'heaviest'>,
  context: Pick<RunContext, 'scratch'>,
): { deepest: ToldPath | null; heaviest: ToldPath | null; file: FileRef } {
  const block = new BlockWriter(context.scratch('paths'), 'none')
  const writer = makeRowWriter(block, { format: 'csv', spreadsheetSafe: false, names: columns, bare: [] })
  writer.header(columns)
  let rows = 0
  const tell = (which: string, reached: Reached | null): ToldPath | null => {
    if (reached === null) return null
    const path: string[] = []
    let depth = 0
    for (const { name, own } of tree.wayTo(reached.node)) {
      depth += 1
      if (depth <= mostNames) path.push(name)
      writer.begin()
      for (const text of [which, String(depth), name, String(own)]) writer.text(text)
      writer.end()
    }
    rows += depth
    return { depth, weight: reached.weight, path }
  }
  const told = { deepest: tell('deepest', deepest), heaviest: tell('heaviest', heaviest) }
  return { ...told, file: block.finish(rows) }
}
