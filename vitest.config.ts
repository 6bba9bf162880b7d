import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/longestFirst.ts'

/** `unit` runs beside the code, in vitest alone; `process` forks the built app, which its global set-up builds once; `packaging` packs it; `sabotage` breaks copies of it. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{contract,datasets,kinds,master,workers,terminal,electron,renderer,scripts}/**/*.test.{ts,tsx}',
            'tests/model/**/*.test.ts',
          ],
          environment: 'node',
          // On a machine that others use too.
          testTimeout: 60_000,
          // One process for each core, Vitest's usual one less, and many files in each: modules keep nothing that a test can see but a map of
          // locks by path, and what a test stubs is put back even if it fails. Loading libraries anew for each file cost a third of all.
          maxWorkers: '100%',
          isolate: false,
          restoreMocks: true,
          unstubEnvs: true,
          globalSetup: ['tests/compileOnce.ts'],
          setupFiles: ['tests/fixedChance.ts'],
        },
      },
      {
        test: {
          name: 'process',
          include: ['tests/{faults,process}/**/*.test.ts'],
          globalSetup: ['tests/buildOnce.ts'],
          setupFiles: ['tests/fixedChance.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Much of a test's time is waiting for others to do something.
          maxWorkers: 3,
          // Real processes on a shared machine: the run names each test that needed this.
          retry: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'packaging',
          include: ['tests/packaging/**/*.test.ts'],
          globalSetup: ['tests/buildOnce.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'sabotage',
          include: ['tests/sabotage/**/*.test.ts'],
          testTimeout: 180_000,
          // Each of them runs a suite of its own.
          maxConcurrency: 2,
          // What the soak meets is the machine's, too: the run names what needed this.
          retry: 1,
        },
      },
    ],
  },
})
