import { defineConfig } from '@playwright/test'

/** The built desktop app on the double of Electron, or on the one that GRISTMILL_ELECTRON names (docs/testing.md). Each spec starts apps of its own, so one runs at a time. */
export default defineConfig<{ hostKind: 'browser' | 'desktop' }>({
  testDir: 'tests',
  testMatch: ['desktop/**/*.spec.ts', 'flows/**/*.spec.ts'],
  // The double's own strictness is no matter of a real Electron.
  testIgnore: process.env['GRISTMILL_ELECTRON'] === undefined ? [] : ['**/double.spec.ts'],
  outputDir: 'test-results/desktop',
  fullyParallel: false,
  workers: 1,
  // Real processes on a shared machine: the run names each test that needed this.
  retries: 1,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  use: { hostKind: 'desktop' },
  reporter: [['line'], ['json', { outputFile: 'test-results/desktop.json' }]],
})
