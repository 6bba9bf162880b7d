import { describe, expect, test } from 'vitest'
import { runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

/** A minute where cores are shared. */
const longMs = 180_000
const graph = { plan, run }

describe('a chain of 200,000 edges', () => {
  const edges = 200_000
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
