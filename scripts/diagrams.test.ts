import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jobStates, jobTransitions, taskStates, taskTransitions, type Arrow } from '../contract/transitions.ts'
import { architecturePath, drawDiagram, withDiagrams } from './diagrams.ts'

function reachableFrom<State extends string>(first: State, arrows: readonly Arrow<State>[]): Set<State> {
  const reached = new Set([first])
  for (const state of reached) for (const arrow of arrows) if (arrow.from === state) reached.add(arrow.to)
  return reached
}

describe('the state diagrams', () => {
  it('ARCHITECTURE.md shows what the transition tables say (npm run diagrams rewrites it)', () => {
    const page = readFileSync(architecturePath, 'utf8')
    expect(withDiagrams(page)).toBe(page)
  })

  it('a table that changed changes the page', () => {
    const page = readFileSync(architecturePath, 'utf8')
    const shorter = page.replace('queued --> running: first task dispatched', '')
    expect(shorter).not.toBe(page)
    expect(withDiagrams(shorter)).toBe(page)
  })

  it('a page without the marks is refused by name', () => {
    expect(() => withDiagrams('# no marks')).toThrow('no place for the job diagram')
  })

  it('an arrow is drawn with its reason, and beginnings and ends are marked', () => {
    const drawn = drawDiagram([{ from: 'a', to: 'b', by: 'wind' }], { first: 'a', final: ['b'] })
    expect(drawn.split('\n')).toEqual([
      '```mermaid',
      'stateDiagram-v2',
      '  [*] --> a',
      '  a --> b: wind',
      '  b --> [*]',
      '```',
    ])
  })
})

describe('the lifecycles', () => {
  it('every state of a job can be reached from queued', () => {
    expect([...reachableFrom('queued', jobTransitions)].sort()).toEqual([...jobStates].sort())
  })

  it('every state of a task can be reached from pending', () => {
    expect([...reachableFrom('pending', taskTransitions)].sort()).toEqual([...taskStates].sort())
  })

  it('no arrow stands twice, and none leads back to where it starts', () => {
    for (const table of [jobTransitions, taskTransitions]) {
      const arrows = table.map(({ from, to }) => `${from} ${to}`)
      expect(new Set(arrows).size).toBe(arrows.length)
      expect(arrows.filter((arrow) => new Set(arrow.split(' ')).size === 1)).toEqual([])
    }
  })
})
