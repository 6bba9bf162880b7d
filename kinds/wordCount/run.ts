import { invariant } from '../../contract/invariant.ts'
import type { FileRef } from '../../contract/outcome.ts'
import { type Part, defineRun } from '../../contract/run.ts'
import { readText } from '../../datasets/text/read.ts'
import { type SortedTable, WordCounter, mergeTables } from './count.ts'
import { kind, resultSchema } from './kind.ts'
import { rankTable } from './rank.ts'

/**
 * Counts a split's words into a table sorted by their bytes, merges such tables, and puts the whole one in order of frequency. A value
 * is a result already; the table travels as a scratch file.
 */

const lineFeed = 10

export const run = defineRun(kind, {
  maps: {
    count(split, context) {
      const counter = new WordCounter(context, context.params.tokens)
      const seen = { lines: 0, bytes: 0 }
      try {
        for (const piece of split.pieces) {
          const inputBytes = context.inputs[piece.input]?.bytes
          seen.lines += readText(context, piece, (block) => {
            const length = block.end - block.start
            seen.bytes += length
            const isEnd = length > 0 && block.offset + length === inputBytes
            // A last line without a line feed is a line too.
            const unended = isEnd && block.bytes[block.end - 1] !== lineFeed ? 1 : 0
            return counter.take(block) + unended
          })
        }
        const sorted = counter.finish(context.params.top)
        return answer({ ...seen, totalWords: counter.total }, sorted)
      } finally {
        counter.release()
      }
    },
  },
  merges: {
    combine(parts, context) {
      const values = parts.map((part) => resultSchema.parse(part.value))
      const sum = (key: 'lines' | 'bytes' | 'totalWords') => values.reduce((total, value) => total + value[key], 0)
      const merged = mergeTables(context, parts.map(tableOf), context.params.top)
      return answer({ lines: sum('lines'), bytes: sum('bytes'), totalWords: sum('totalWords') }, merged)
    },
  },
  tasks: {
    rank: (_args, [combined], context) => {
      invariant(combined !== undefined, 'word-count: rank is given the combined table')
      return { files: { csv: rankTable(context, tableOf(combined)) } }
    },
  },
})

function answer(counts: { lines: number; bytes: number; totalWords: number }, sorted: SortedTable) {
  const { table, distinct, top } = sorted
  return { value: { ...counts, distinctWords: distinct, top: top.entries() }, files: { table } }
}

function tableOf(part: Part): FileRef {
  const table = part.files['table']
  invariant(table !== undefined, 'word-count: every partial has its table')
  return table
}
