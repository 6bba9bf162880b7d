import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../contract/json.ts'
import { type Node, coversAll, foldEdge, foldSiblings } from './tree.ts'

/** Writes down how it was folded: two foldings with the same text are the same computation. */
const fold = (left: Json, right: Json) => `(${left as string} ${right as string})`

const leaf = (cell: number): Node => ({ level: 0, index: cell, value: `${cell}` })

/** The oracle: the tree by its definition, from the top. Cells beyond the last do not exist; a half without cells leaves the other. */
function whole(cells: number): string {
  const subtree = (from: number, size: number): string => {
    if (size === 1) return `${from}`
    const middle = from + size / 2
    return middle >= cells ? subtree(from, size / 2) : `(${subtree(from, size / 2)} ${subtree(middle, size / 2)})`
  }
  return subtree(0, 2 ** Math.ceil(Math.log2(cells)))
}

/** Folds neighbouring parts in an order of the test's choosing, until one is left. */
async function mergeInAnyOrder(parts: Node[][], choices: readonly number[]): Promise<Node[]> {
  const left = [...parts]
  for (let turn = 0; left.length > 1; turn += 1) {
    const at = Math.floor((choices[turn % choices.length] ?? 0) * (left.length - 1))
    left.splice(at, 2, await foldSiblings([...(left[at] ?? []), ...(left[at + 1] ?? [])], fold))
  }
  return left[0] ?? []
}

test('whatever the splits and the order of merging, all cells fold in the one way that the tree says', async () => {
  const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 70 }),
      fc.array(share, { maxLength: 10 }),
      fc.array(share, { minLength: 1, maxLength: 20 }),
      async (cells, cuts, choices) => {
        const points = [0, ...cuts.map((cut) => Math.floor(cut * cells)), cells].toSorted((one, other) => one - other)
        const parts: Node[][] = []
        for (const [index, to] of points.slice(1).entries()) {
          const from = points[index] ?? 0
          const leaves = Array.from({ length: to - from }, (_, offset) => leaf(from + offset))
          parts.push(await foldSiblings(leaves, fold))
        }
        const nodes = await mergeInAnyOrder(parts, choices)
        expect(coversAll(nodes, cells)).toBe(true)
        expect(await foldEdge(nodes, fold)).toBe(whole(cells))
      },
    ),
    { numRuns: 300 },
  )
})

test('only siblings are folded while cells are missing', async () => {
  const nodes = await foldSiblings([1, 2, 3, 4, 5, 6].map(leaf), fold)
  expect(nodes).toEqual([
    { level: 0, index: 1, value: '1' },
    { level: 1, index: 1, value: '(2 3)' },
    { level: 1, index: 2, value: '(4 5)' },
    { level: 0, index: 6, value: '6' },
  ])
  expect(coversAll(nodes, 7)).toBe(false)
})

test('parts that are not neighbours are a bug', async () => {
  await expect(foldSiblings([leaf(0), leaf(2)], fold)).rejects.toThrow('does not follow its neighbour')
})

test('cell numbers beyond 2^31 keep their places', async () => {
  const nodes = await foldSiblings([2 ** 33, 2 ** 33 + 1].map(leaf), fold)
  expect(nodes).toMatchObject([{ level: 1, index: 2 ** 32 }])
})
