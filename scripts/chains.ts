import type { Step } from './steps.ts'

/** The checks of the tool chain, as data: what `npm run check` and `npm test` share. */
const environments = ['node', 'pure', 'renderer', 'electron', 'app-tests']

export const staticSteps: readonly Step[] = [
  { name: 'lint', command: ['oxlint', '.', '--type-aware', '--deny-warnings'] },
  ...environments.map((environment): Step => ({
    name: `types ${environment}`,
    command: ['tsc', '-p', `tsconfig.${environment}.json`],
  })),
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'unused', command: ['knip', '--no-progress'] },
]

/** Vitest with a JSON report for the count. */
export function vitestStep(project: 'unit' | 'process' | 'packaging' | 'sabotage', limitMs: number): Step {
  return {
    name: `${project} tests`,
    command: [
      'vitest',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=test-results/${project}.json`,
    ],
    limitMs,
  }
}
