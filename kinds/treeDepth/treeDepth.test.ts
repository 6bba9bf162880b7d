import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { chanceOf } from '../../tests/harness/chance.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const slowMs = 30_000
/** Half a minute where cores are shared. */
const longMs = 120_000
const treeDepth = { plan, run }

interface Row {
  id: string
  parent: string | null
  weight: number
}

function csvOf(rows: readonly Row[]): string {
  return ['id,parent,weight', ...rows.map(({ id, parent, weight }) => `${id},${parent ?? ''},${weight}`), ''].join('\n')
}

async function measure(rows: readonly Row[], more: { params?: Record<string, Json>; seed?: number } = {}) {
  const { params = {}, ...how } = more
  return await runPlan({
    kind: treeDepth,
    files: [csvOf(rows)],
    cellBytes: 32,
    params: { weight: 'weight', header: true, ...params },
    ...how,
  })
}

/** Each node's way up, one node at a time: what the kind must find by walking down in parts. */
function oracle(rows: readonly Row[]) {
  const parents = new Map<string, string | null>()
  const weights = new Map<string, number>()
  const order: string[] = []
  const name = (node: string) => {
    if (!order.includes(node)) order.push(node)
  }
  for (const { id, parent, weight } of rows) {
    name(id)
    if (parent !== null) name(parent)
    if (parents.has(id)) continue
    parents.set(id, parent)
    weights.set(id, weight)
  }
  const paths = order.flatMap((node) => {
    const path: string[] = []
    for (let at: string | null = node; at !== null; at = parents.get(at) ?? null) {
      if (path.includes(at)) return []
      path.unshift(at)
    }
    return [path]
  })
  const inner = new Set(paths.flatMap((path) => path.slice(0, -1)))
  const weightOf = (path: string[]) => path.reduce((sum, node) => sum + (weights.get(node) ?? 0), 0)
  const best = (of: string[][], by: (path: string[]) => number) =>
    of.reduce<string[] | null>((one, other) => (one === null || by(other) > by(one) ? other : one), null)
  const deepest = best(paths, (path) => path.length)
  const heaviest = best(
    paths.filter((path) => !inner.has(path.at(-1)!)),
    weightOf,
  )
  const told = (path: string[] | null) => path && { depth: path.length, weight: weightOf(path), path }
  return {
    nodes: paths.length,
    roots: paths.filter((path) => path.length === 1).length,
    leaves: paths.filter((path) => !inner.has(path.at(-1)!)).length,
    depth: deepest?.length ?? 0,
    weight: paths.reduce((sum, path) => sum + (weights.get(path.at(-1)!) ?? 0), 0),
    deepest: told(deepest),
    heaviest: told(heaviest),
    cycleNodes: order.length - paths.length,
  }
}

const rowsArbitrary = fc.integer({ min: 1, max: 30 }).chain((nodes) =>
  fc.array(
    fc.record({
      id: fc.integer({ min: 0, max: nodes }).map((node) => `n${node}`),
      parent: fc.option(fc.integer({ min: 0, max: nodes }).map((node) => `n${node}`)),
      weight: fc.integer({ min: -3, max: 9 }),
    }),
    { minLength: 1, maxLength: 40 },
  ),
)

test(
  'any table of parents, cut anywhere and walked in parts of any size, measures as one node after the other',
  async () => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, fc.integer({ min: 1, max: 50 }), fc.nat(), async (rows, nodesPerTask, seed) => {
        const { result } = await measure(rows, { params: { nodesPerTask }, seed })
        const { cycleNodes, ...expected } = oracle(rows)
        expect(result).toMatchObject({ ...expected, cycles: { nodes: cycleNodes } })
      }),
      { numRuns: 60 },
    )
  },
  slowMs,
)

describe('what is no tree', () => {
  test('cycles are told as paths, and what hangs on them is counted', async () => {
    const { result } = await measure([
      { id: 'root', parent: null, weight: 1 },
      { id: 'a', parent: 'b', weight: 1 },
      { id: 'b', parent: 'c', weight: 1 },
      { id: 'c', parent: 'a', weight: 1 },
      { id: 'below', parent: 'b', weight: 1 },
      { id: 'self', parent: 'self', weight: 1 },
    ])
    expect(result).toMatchObject({
      nodes: 1,
      cycles: {
        count: 2,
        nodes: 5,
        examples: [
          ['a', 'b', 'c', 'a'],
          ['self', 'self'],
        ],
      },
    })
  })

  test('a node with two parents is told with both, and the first holds', async () => {
    const { result } = await measure([
      { id: 'a', parent: 'root', weight: 1 },
      { id: 'b', parent: 'a', weight: 1 },
      { id: 'b', parent: 'root', weight: 5 },
      { id: 'b', parent: 'a', weight: 1 },
      { id: 'b', parent: null, weight: 1 },
    ])
    expect(result).toMatchObject({
      nodes: 3,
      undeclared: 1,
      depth: 3,
      repeated: 1,
      twoParents: { count: 1, examples: [{ node: 'b', parents: ['a', 'root', null] }] },
    })
  })

  test('rows without a name or a number are set aside', async () => {
    const { result, rejects } = await runPlan({
      kind: treeDepth,
      files: ['id,parent,weight\na,,1\n,a,1\nb,a,heavy\n'],
      params: { weight: 'weight' },
    })
    expect(result).toMatchObject({ nodes: 1 })
    expect(rejects.map(({ row, reason }) => [row, reason])).toEqual([
      [2, 'the node has no name'],
      [3, "'heavy' in column weight is not a number"],
    ])
  })
})

test(
  'a chain of a million nodes overflows nothing',
  async () => {
    const nodes = 1_000_000
    const rows = Array.from({ length: nodes }, (_, node) => `${node},${node === 0 ? '' : node - 1}`)
    const { result, artifacts } = await runPlan({
      kind: treeDepth,
      files: [`id,parent\n${rows.join('\n')}\n`],
      params: { nodesPerTask: 50_000 },
    })
    expect(result).toMatchObject({ nodes, depth: nodes, leaves: 1, weight: nodes, deepest: { depth: nodes } })
    expect(artifacts.get('paths.csv')?.toString().split('\n').length).toBe(2 * nodes + 2)
  },
  longMs,
)

describe('documents', () => {
  const ofDocument = async (text: string, params: Record<string, Json> = {}) =>
    (await runPlan({ kind: treeDepth, files: [text], params: { from: 'json', nodesPerTask: 2, ...params } })).result

  test('every member and element is a node, and a scalar weighs its bytes', async () => {
    expect(await ofDocument('{"a": {"b": ["x", "longer"]}, "c": 1}')).toMatchObject({
      nodes: 6,
      depth: 4,
      weight: 12,
      deepest: { path: ['$', 'a', 'b', '0'] },
      heaviest: { path: ['$', 'a', 'b', '1'], weight: 8 },
    })
  })

  test('a document of nodes is followed by its children', async () => {
    const text =
      '{"name": "top", "kids": [{"name": "left", "size": 2}, {"name": "right", "size": 3, "kids": [{"size": 1}]}]}'
    expect(await ofDocument(text, { id: 'name', children: 'kids', weight: 'size' })).toMatchObject({
      nodes: 4,
      leaves: 2,
      weight: 6,
      heaviest: { path: ['top', 'right', '0'], weight: 4 },
    })
  })

  test('one that is nested a hundred thousand deep is no harder', async () => {
    const deep = 100_000
    expect(await ofDocument(`${'['.repeat(deep)}${']'.repeat(deep)}`, { nodesPerTask: 10_000 })).toMatchObject({
      nodes: deep,
      depth: deep,
    })
  })

  test('what is no JSON is refused with its reason', async () => {
    await expect(ofDocument('{"a": ')).rejects.toThrow(/cannot read .*: /)
  })
})

describe('folders', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gristmill-tree-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const ofFolder = async (params: Record<string, Json> = {}) =>
    (await runPlan({ kind: treeDepth, paths: [folder], params: { nodesPerTask: 3, ...params } })).result

  test('have the depth and the nodes that find tells, and the bytes of its files', async () => {
    for (const way of ['a/b/c/deep.txt', 'a/wide/1', 'a/wide/2', 'a/wide/.hidden', 'empty/nothing/', 'größe/ä b.txt']) {
      mkdirSync(join(folder, dirname(`${way}.`)), { recursive: true })
      if (!way.endsWith('/')) writeFileSync(join(folder, way), 'x'.repeat(way.length * 100))
    }
    symlinkSync('..', join(folder, 'a/loop'))
    const found = execFileSync('find', [folder, '-printf', '%d %y %s\n'], { encoding: 'utf8' }).trim().split('\n')
    const rows = found.map((line) => line.split(' '))
    const files = rows.filter(([, type]) => type === 'f')
    const bytes = files.reduce((sum, [, , size]) => sum + Number(size), 0)
    expect(await ofFolder()).toMatchObject({
      nodes: rows.length,
      depth: 1 + Math.max(...rows.map(([depth]) => Number(depth))),
      weight: bytes,
      roots: 1,
      deepest: { path: [basename(folder), 'a', 'b', 'c', 'deep.txt'] },
      heaviest: { path: [basename(folder), 'a', 'b', 'c', 'deep.txt'], weight: 1400 },
    })
  })

  test('of any shape come out the same whatever a task walks', async () => {
    const chance = chanceOf(7)
    const ways = ['']
    for (let count = 0; count < 200; count += 1) {
      const way = `${ways[chance.between(0, ways.length - 1)]}/${count}`
      ways.push(way)
      mkdirSync(join(folder, way))
    }
    const [one, other] = [await ofFolder({ nodesPerTask: 1 }), await ofFolder({ nodesPerTask: 1000 })]
    expect(one).toEqual(other)
    expect(one).toMatchObject({ nodes: 201, weight: 0 })
  })

  test('names that are no UTF-8 are walked as any other', async () => {
    const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x41])])
    mkdirSync(odd)
    writeFileSync(Buffer.concat([odd, Buffer.from('/inside')]), 'four')
    expect(await ofFolder()).toMatchObject({ nodes: 3, depth: 3, weight: 4 })
  })
})
