import { defineConfig } from '@playwright/test'

/** The dashboard in a real browser against the real host. Each spec starts hosts of its own, so one runs at a time. */
export default defineConfig({
  testDir: 'tests',
  testMatch: ['app/**/*.spec.ts', 'flows/**/*.spec.ts'],
  outputDir: 'test-results/app',
  fullyParallel: false,
  workers: 1,
  // Real processes on a shared machine: the run names each test that needed this.
  retries: 1,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['line'], ['json', { outputFile: 'test-results/app.json' }]],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    video: 'off',
    trace: 'off',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    },
  },
})
