import { defineConfig } from '@playwright/test'

/** The built desktop app on the double of Electron (docs/testing.md). Each spec starts apps of its own, so one runs at a time. */
export default defineConfig({
  testDir: 'tests/desktop',
  outputDir: 'test-results/desktop',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['line'], ['json', { outputFile: 'test-results/desktop.json' }]],
})
