import type { FileRef } from '../../contract/outcome.ts'
import type { z } from 'zod'
import type { RunContext } from '../../contract/run.ts'
import { BlockWriter } from '../../datasets/write/blocks.ts'
import { makeRowWriter } from '../../datasets/write/rows.ts'
import { type ForestReader, noParent } from './forest.ts'
import { mostNames, type pathSchema } from './kind.ts'
import type { Measured, Reached } from './walk.ts'

/** The two paths that were found, node by node from the root on: as a table, and their upper names. */
const columns = ['path', 'depth', 'node', 'weight']

type ToldPath = z.infer<typeof pathSchema>

export function writePaths(
  forest: ForestReader,
  { deepest, heaviest }: Pick<Measured, 'deepest' | 'heaviest'>,
  context: Pick<RunContext, 'scratch'>,
): { deepest: ToldPath | null; heaviest: ToldPath | null; file: FileRef } {
  const block = new BlockWriter(context.scratch('paths'), 'none')
  const writer = makeRowWriter(block, { format: 'csv', spreadsheetSafe: false, names: columns, bare: [] })
  writer.header(columns)
  let rows = 0
  const tell = (which: string, reached: Reached | null): ToldPath | null => {
    if (reached === null) return null
    const { depth, weight } = reached
    const nodes = nodesTo(forest, reached)
    for (const [above, node] of nodes.entries()) {
      writer.begin()
      for (const text of [which, String(above + 1), forest.name(node), String(forest.weight(node))]) writer.text(text)
      writer.end()
      rows += 1
    }
    return { depth, weight, path: nodes.slice(0, mostNames).map((node) => forest.name(node)) }
  }
  const told = { deepest: tell('deepest', deepest), heaviest: tell('heaviest', heaviest) }
  return { ...told, file: block.finish(rows) }
}

/** From the root on. */
function nodesTo(forest: ForestReader, { node }: Reached): number[] {
  const nodes: number[] = []
  for (let at = node; at !== noParent; at = forest.parent(at)) nodes.push(at)
  return nodes.reverse()
}
