import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { chanceOf } from '../../tests/harness/chance.ts'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const slowMs = 60_000
/** A minute where cores are shared. */
const longMs = 180_000
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
  fc.assert(fc.asyncProperty(rowsArbitrary, fc.nat(), check), { numRuns: 80 })

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
        { numRuns: 80 },
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

describe('rows', () => {
  test('that do not name what comes first are set aside', async () => {
    const { result, rejects } = await runPlan({
      kind: graph,
      files: ['from,to\na,b\n,b\n"",c\n,\nd,""\n'],
      params: { find: 'components' },
    })
    expect(result).toMatchObject({ rows: 1, nodes: 3 })
    expect(rejects.map(({ row, reason }) => [row, reason])).toEqual([
      [2, 'column from names no node'],
      [3, 'column from names no node'],
      [4, 'column from names no node'],
    ])
  })

  test('of several files are one graph, and names stand quoted where they have to', async () => {
    const { artifacts } = await runPlan({
      kind: graph,
      files: ['to,from\n"x, y",a\n', '{"from": "x, y", "to": "=ü"}\n'],
      params: { find: 'reachable', start: ['a'], spreadsheetSafe: true },
    })
    expect(String(artifacts.get('reachable.csv'))).toBe(`node,distance\na,0\n"x, y",1\n'=ü,2\n`)
  })
})

describe('params', () => {
  const files = ['before,after\na,b\n']

  test('name the columns, or the first two of two are taken', async () => {
    const taken = await runPlan({ kind: graph, files, params: { find: 'order' } })
    const named = await runPlan({ kind: graph, files, params: { find: 'order', from: 'after', to: 'before' } })
    expect(String(taken.artifacts.get('order.csv'))).toBe('node,order,level\na,1,0\nb,2,1\n')
    expect(String(named.artifacts.get('order.csv'))).toBe('node,order,level\nb,1,0\na,2,1\n')
  })

  test.each([
    [{ find: 'order', from: 'x' }, 'from names x, and the columns are before, after'],
    [{ find: 'order', from: 'after' }, 'from and to both name after'],
    [{ find: 'reachable' }, 'find=reachable needs nodes to start from: start'],
    [{ find: 'order', start: ['a'] }, 'start is for find=reachable, and find is order'],
    [{ find: 'order', direction: 'both' }, 'direction is for find=reachable, and find is order'],
    [{ find: 'reachable', start: ['c', 'd'] }, 'cannot start from c, d: no row names it'],
  ])('%j are refused', async (params, complaint) => {
    await expect(runPlan({ kind: graph, files, params })).rejects.toThrow(complaint)
  })

  test('say what stands between two columns where only one is seen', async () => {
    const request = { kind: graph, files: ['a b\nb c\n'] }
    await expect(runPlan({ ...request, params: { find: 'order', header: false } })).rejects.toThrow(
      'the only column is column_1, and edges have two; delimiter says what stands between them',
    )
    const params = { find: 'order', header: false, delimiter: 'space' }
    expect((await runPlan({ ...request, params })).result).toMatchObject({ order: { ordered: 3 } })
  })

  test('name one of three columns and more', async () => {
    const request = { kind: graph, files: ['id,to,x\na,b,c\n'], params: { find: 'order' } }
    await expect(runPlan(request)).rejects.toThrow('no column is called from: name one by from, of id, to, x')
  })

  test('may name nodes that no row names beside others', async () => {
    const { result, told } = await runPlan({ kind: graph, files, params: { find: 'reachable', start: ['a', 'c'] } })
    expect(result).toMatchObject({ reachable: { started: 1, reached: 1, unknown: ['c'] } })
    expect(told).toEqual(['No row names 1 of 2 nodes to start from'])
  })
})

describe('a chain of a million edges', () => {
  const edges = 1_000_000
  const chain = (last: string) =>
    `from,to\n${Array.from({ length: edges - 1 }, (_, node) => `${node},${node + 1}\n`).join('')}${edges - 1},${last}\n`

  test.each([
    ['components', { components: { count: 1 } }],
    ['order', { order: { ordered: edges + 1, levels: edges + 1 } }],
    ['reachable', { reachable: { reached: edges, farthest: edges } }],
  ])(
    'is no harder to find %s in',
    async (find, expected) => {
      const params = find === 'reachable' ? { find, start: ['0'] } : { find }
      const { result } = await runPlan({ kind: graph, files: [chain(String(edges))], params, seed: 5 })
      expect(result).toMatchObject({ nodes: edges + 1, ...expected })
    },
    longMs,
  )

  test(
    'that nothing can come behind is blocked to its end',
    async () => {
      const { result, artifacts } = await runPlan({
        kind: graph,
        files: [chain(String(edges)).replace('from,to\n', 'from,to\n0,0\n')],
        params: { find: 'order' },
      })
      expect(result).toMatchObject({ order: { ordered: 0, blocked: edges + 1 }, cycles: { count: 1, nodes: 1 } })
      expect(artifacts.get('blocked.csv')?.toString().endsWith(`\n${edges},1,${edges}\n`)).toBe(true)
    },
    longMs,
  )

  test(
    'that comes back to its beginning is one cycle',
    async () => {
      const { result, artifacts } = await runPlan({ kind: graph, files: [chain('0')], params: { find: 'cycles' } })
      expect(result).toMatchObject({ nodes: edges, cycles: { count: 1, nodes: edges, examples: [{ nodes: edges }] } })
      expect(artifacts.get('cycles.csv')?.toString().split('\n').length).toBe(edges + 3)
    },
    longMs,
  )
})
