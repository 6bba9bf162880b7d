import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { chanceOf } from '../../tests/harness/chance.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const slowMs = 60_000
const graph = { plan, run }

/** An edge, or a node alone. */
type Row = [from: string, to: string | null]

function csvOf(rows: readonly Row[]): string {
  return ['from,to', ...rows.map(([from, to]) => `${from},${to ?? ''}`), ''].join('\n')
}

async function look(
  find: string,
  rows: readonly Row[],
  { seed, ...params }: { seed?: number } & Record<string, Json> = {},
) {
  const done = await runPlan({
    kind: graph,
    files: [csvOf(rows)],
    cellBytes: 32,
    params: { find, header: true, ...params },
    ...(seed === undefined ? {} : { seed }),
  })
  const table = (name: string) =>
    String(done.artifacts.get(`${name}.csv`))
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
  return { ...done, table }
}

/** What is known of a graph without any cleverness. */
function serial(rows: readonly Row[]) {
  const nodes = [...new Set(rows.flatMap(([from, to]) => (to === null ? [from] : [from, to])))]
  const edges = [...new Set(rows.flatMap(([from, to]) => (to === null ? [] : [`${from},${to}`])))].map(
    (edge) => edge.split(',') as [string, string],
  )
  const after = new Map(nodes.map((node) => [node, edges.filter(([from]) => from === node).map(([, to]) => to)]))
  const before = new Map(nodes.map((node) => [node, edges.filter(([, to]) => to === node).map(([from]) => from)]))
  return { nodes, edges, after, before, rows: rows.filter(([, to]) => to !== null).length }
}

type Links = ReadonlyMap<string, readonly string[]>

/** How many edges it takes to each node that is reached. */
function distances(links: Links, start: readonly string[]): Map<string, number> {
  const found = new Map(start.map((node) => [node, 0]))
  for (const [node, distance] of found)
    for (const next of links.get(node) ?? []) if (!found.has(next)) found.set(next, distance + 1)
  return found
}

const bothWays = (one: Links, other: Links): Links =>
  new Map([...one].map(([node, links]) => [node, [...links, ...(other.get(node) ?? [])]]))

/** Those from which at least one edge leads back to them. */
function onCycles({ nodes, after }: ReturnType<typeof serial>): string[] {
  return nodes.filter((node) => distances(after, after.get(node) ?? []).has(node))
}

const rowsArbitrary = fc.integer({ min: 1, max: 14 }).chain((nodes) => {
  const node = fc.integer({ min: 1, max: nodes }).map((number) => `n${number}`)
  return fc.array(fc.tuple(node, fc.option(node, { freq: 12 })), { minLength: 1, maxLength: 30 })
})

const anyTable = (check: (rows: Row[], seed: number) => Promise<void>) =>
  fc.assert(fc.asyncProperty(rowsArbitrary, fc.nat(), check), { numRuns: 50 })

describe('any table of edges, cut anywhere,', () => {
  test(
    'has the components that walking either way from each node finds',
    async () => {
      await anyTable(async (rows, seed) => {
        const { nodes, after, before, rows: edgeRows } = serial(rows)
        const links = bothWays(after, before)
        const firstOf = (node: string) => nodes.find((each) => distances(links, [node]).has(each))!
        const firsts = nodes.filter((node) => firstOf(node) === node)
        const { result, table } = await look('components', rows, { seed })
        expect(table('components')).toEqual(nodes.map((node) => [node, String(1 + firsts.indexOf(firstOf(node)))]))
        const sizes = firsts.map((first) => nodes.filter((node) => firstOf(node) === first).length)
        expect(result).toMatchObject({
          rows: edgeRows,
          nodes: nodes.length,
          components: { count: firsts.length, alone: sizes.filter((size) => size === 1).length },
        })
      })
    },
    slowMs,
  )

  test(
    'has the order of nodes that are put down as soon as all before them are',
    async () => {
      await anyTable(async (rows, seed) => {
        const known = serial(rows)
        const { nodes, before, edges } = known
        const level = new Map<string, number>()
        const ordered: string[] = []
        for (let round = nodes; round.length > 0;) {
          round = nodes.filter(
            (node) => !level.has(node) && (before.get(node) ?? []).every((each) => ordered.includes(each)),
          )
          const at = level.size === 0 ? 0 : 1 + Math.max(...level.values())
          for (const node of round) level.set(node, at)
          ordered.push(...round)
        }
        const { result, table } = await look('order', rows, { seed })
        expect(table('order')).toEqual(ordered.map((node, at) => [node, String(at + 1), String(level.get(node))]))
        expect(result).toMatchObject({ nodes: nodes.length, edges: edges.length })
        const left = nodes.filter((node) => !level.has(node))
        const blocked = table('blocked')
        expect(blocked.map(([node]) => node)).toEqual(left)
        const knots = onCycles(known)
        for (const [node, cycle, distance] of blocked) {
          const away = knots.map((knot) => distances(known.after, [knot]).get(node!) ?? Infinity)
          expect([node, distance]).toEqual([node, String(Math.min(...away))])
          const onIt = table('cycles').flatMap(([number, , each]) => (number === cycle ? [each!] : []))
          expect(distances(known.after, onIt).has(node!)).toBe(true)
        }
      })
    },
    slowMs,
  )

  test(
    'has a cycle through every set of nodes that lead to each other, as short as any through its first node',
    async () => {
      await anyTable(async (rows, seed) => {
        const known = serial(rows)
        const { after, nodes } = known
        const knots = onCycles(known)
        const expected = knots.flatMap((node) => {
          const loops = after.get(node)!.includes(node) ? [1] : []
          const set = knots.filter(
            (other) => distances(after, [node]).has(other) && distances(after, [other]).has(node),
          )
          if (set[0] !== node || set.length === 1) return loops
          const others = set.filter((each) => each !== node && after.get(each)!.includes(node))
          const without = new Map([...after].map(([each, to]) => [each, to.filter((next) => next !== node)]))
          const ways = others.map((each) => distances(without, [node]).get(each) ?? Infinity)
          return [...loops, 1 + Math.min(...ways)]
        })
        const { result, table } = await look('cycles', rows, { seed })
        const cycles = Map.groupBy(table('cycles'), ([cycle]) => cycle)
        const paths = [...cycles.values()].map((steps) => steps.map(([, , node]) => node!))
        expect(paths.map((path) => path.length - 1)).toEqual(expected)
        for (const path of paths) {
          expect(path[0]).toBe(path.at(-1))
          expect(new Set(path).size).toBe(path.length - 1)
          expect(Math.min(...path.map((node) => nodes.indexOf(node)))).toBe(nodes.indexOf(path[0]!))
          for (const [at, node] of path.slice(1).entries()) expect(after.get(path[at]!)).toContain(node)
        }
        expect(result).toMatchObject({ cycles: { count: expected.length, nodes: knots.length } })
      })
    },
    slowMs,
  )

  test(
    'reaches what walking edge by edge reaches, in every direction',
    async () => {
      const direction = fc.constantFrom('forward', 'backward', 'both')
      await fc.assert(
        fc.asyncProperty(rowsArbitrary, fc.nat(), direction, async (rows, seed, way) => {
          const { nodes, after, before } = serial(rows)
          const start = [...new Set([nodes[0]!, nodes[seed % nodes.length]!])]
          const links = { forward: after, backward: before, both: bothWays(after, before) }[way]
          const found = distances(links, start)
          const expected = [...found].sort(
            ([one, near], [other, far]) => near - far || nodes.indexOf(one) - nodes.indexOf(other),
          )
          const { result, table } = await look('reachable', rows, { seed, start, direction: way })
          expect(table('reachable')).toEqual(expected.map(([node, distance]) => [node, String(distance)]))
          expect(result).toMatchObject({
            reachable: {
              started: start.length,
              reached: found.size - start.length,
              farthest: Math.max(...found.values()),
            },
          })
        }),
        { numRuns: 50 },
      )
    },
    slowMs,
  )

  test(
    'has the degrees that counting different edges gives',
    async () => {
      await anyTable(async (rows, seed) => {
        const { nodes, edges, after, before, rows: edgeRows } = serial(rows)
        // Many times over, so that there are several buckets.
        const many = Array.from({ length: 12 }, () => rows).flat()
        const { result, table } = await look('degrees', many, { seed, bucketBytes: 1024 })
        const degreesOf = (node: string) => [before, after].map((links) => links.get(node)!.length)
        expect(table('degrees')).toEqual(nodes.map((node) => [node, ...degreesOf(node).map(String)]))
        const most = (at: 0 | 1) =>
          nodes
            .map((node) => ({ node, edges: degreesOf(node)[at]! }))
            .filter((each) => each.edges > 0)
            .sort((one, other) => other.edges - one.edges)
            .slice(0, 20)
        expect(result).toEqual({
          rows: 12 * edgeRows,
          nodes: nodes.length,
          edges: edges.length,
          degrees: {
            sources: nodes.filter((node) => before.get(node)!.length === 0).length,
            sinks: nodes.filter((node) => after.get(node)!.length === 0).length,
            mostIn: most(0),
            mostOut: most(1),
          },
        })
      })
    },
    slowMs,
  )
})

test(
  'the bytes and the result are the same wherever rows are cut and whatever is folded first',
  async () => {
    const chance = chanceOf(11)
    const rows = Array.from({ length: 300 }, (): Row => [`${chance.between(0, 150)}`, `node ${chance.between(0, 150)}`])
    const some = rows.map(([from, to], at): Row => (at % 3 === 0 ? [from, to] : [`node ${from}`, to]))
    for (const find of ['components', 'cycles', 'order', 'reachable', 'degrees']) {
      const params = { bucketBytes: 1024, ...(find === 'reachable' ? { start: [some[1]![0]] } : {}) }
      const whole = await look(find, some, params)
      for (const seed of [1, 2, 3]) {
        const cut = await look(find, some, { ...params, seed })
        expect(cut.tasks).toBeGreaterThan(whole.tasks)
        expect(cut.result).toEqual(whole.result)
        expect([...cut.artifacts].map(String)).toEqual([...whole.artifacts].map(String))
      }
    }
  },
  slowMs,
)

describe('courses', () => {
  const courses: Row[] = [
    ['algebra', 'analysis'],
    ['algebra', 'statistics'],
    ['analysis', 'physics'],
    ['thesis', 'seminar'],
    ['seminar', 'thesis'],
    ['seminar', 'degree'],
    ['physics', 'degree'],
    ['drawing', null],
  ]

  test('come in levels, and what can never come is told with the cycle', async () => {
    const { result, artifacts, told } = await look('order', courses)
    expect(String(artifacts.get('order.csv'))).toBe(
      'node,order,level\nalgebra,1,0\ndrawing,2,0\nanalysis,3,1\nstatistics,4,1\nphysics,5,2\n',
    )
    expect(String(artifacts.get('blocked.csv'))).toBe('node,cycle,distance\nthesis,1,0\nseminar,1,0\ndegree,1,1\n')
    expect(String(artifacts.get('cycles.csv'))).toBe('cycle,step,node\n1,1,thesis\n1,2,seminar\n1,3,thesis\n')
    expect(result).toMatchObject({ order: { ordered: 5, levels: 3, blocked: 3 }, cycles: { count: 1, nodes: 2 } })
    expect(told).toEqual(['3 of 8 nodes cannot come: thesis → seminar → thesis'])
  })

  test('that are repeated, or name themselves, are told apart', async () => {
    const { result } = await look('cycles', [
      ['a', 'b'],
      ['a', 'b'],
      ['b', 'b'],
      ['b', 'a'],
    ])
    expect(result).toEqual({
      rows: 4,
      nodes: 2,
      edges: 3,
      cycles: {
        count: 2,
        nodes: 2,
        examples: [
          { nodes: 2, path: ['a', 'b', 'a'] },
          { nodes: 1, path: ['b', 'b'] },
        ],
      },
    })
  })
})
