import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { jobTransitions, taskTransitions, type Arrow } from '../contract/transitions.ts'

/**
 * Draws the state diagrams of ARCHITECTURE.md from contract/transitions.ts, between the marks `<!-- diagram: NAME -->` and
 * `<!-- end of diagram -->`. As a program it rewrites the file; a test holds the file to what it would write.
 */
export const architecturePath = resolve(import.meta.dirname, '../ARCHITECTURE.md')

/** A Mermaid state diagram: states in which a thing begins and ends point from and to `[*]`. */
export function drawDiagram<State extends string>(
  arrows: readonly Arrow<State>[],
  ends: { first: State; final: readonly State[] },
): string {
  const lines = [
    'stateDiagram-v2',
    `  [*] --> ${ends.first}`,
    ...arrows.map(({ from, to, by }) => `  ${from} --> ${to}: ${by}`),
    ...ends.final.map((state) => `  ${state} --> [*]`),
  ]
  return ['```mermaid', ...lines, '```'].join('\n')
}

export const diagrams = {
  job: drawDiagram(jobTransitions, { first: 'queued', final: ['succeeded', 'failed', 'cancelled'] }),
  task: drawDiagram(taskTransitions, { first: 'pending', final: ['succeeded', 'failed', 'cancelled', 'replaced'] }),
}

/** The page with each diagram put between its marks. Throws when a mark is missing. */
export function withDiagrams(page: string): string {
  return Object.entries(diagrams).reduce((text, [name, diagram]) => {
    const [start, end] = [`<!-- diagram: ${name} -->`, '<!-- end of diagram -->']
    const from = text.indexOf(start)
    const to = text.indexOf(end, from)
    if (from < 0 || to < 0) throw new Error(`ARCHITECTURE.md has no place for the ${name} diagram: ${start} … ${end}`)
    return `${text.slice(0, from + start.length)}\n\n${diagram}\n\n${text.slice(to)}`
  }, page)
}

if (import.meta.main) writeFileSync(architecturePath, withDiagrams(readFileSync(architecturePath, 'utf8')))
