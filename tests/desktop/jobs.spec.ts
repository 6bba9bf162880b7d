import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Shown, startNoOp, stateOf, test } from './desktop.ts'

const line = 'the quick brown fox jumps over the lazy dog and it’s gone\n'

test('a dropped file is read where it lies; its answer grows, outlives a reload, and is found after a restart', async ({
  desktop,
}) => {
  const page = await desktop.start()
  const path = await desktop.file('fox-tales.txt', line, 2_000_000)
  await desktop.call('drop', path)
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible()
  await expect(page.getByRole('radio', { name: 'Count words' })).toBeChecked()
  await page.getByText('Name and workers').click()
  await page.getByRole('textbox', { name: 'Workers' }).fill('1')
  await page.getByRole('button', { name: 'Run' }).click()
  const coverage = page.getByText(/^covers \d+% of the data$/).first()
  await expect(coverage).toBeVisible()
  const percent = async () => Number(/\d+/.exec((await coverage.textContent()) ?? '')?.[0])
  const first = await percent()
  await expect.poll(percent, { intervals: [50] }).toBeGreaterThan(first)
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(stateOf(page, 'paused')).toBeVisible()

  await page.reload()
  await expect(coverage).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Open words.csv' }).click()
  await page.getByRole('button', { name: 'Show words.csv in its folder' }).click()
  const shown = desktop.ask('show', 'last') as Shown
  expect(shown.job.inputs).toMatchObject([{ path, spooled: false }])
  const [artifact] = shown.artifacts
  await expect
    .poll(async () => {
      const { opened, revealed } = await desktop.call('recorded')
      return [opened, revealed]
    })
    .toEqual([[artifact?.path], [artifact?.path]])

  await desktop.call('quit')
  expect(await desktop.ended()).toBe(0)
  expect(await desktop.host()).toBeNull()
  const again = await desktop.start()
  await again.getByRole('searchbox', { name: 'Search jobs' }).fill('fox-tales')
  await again
    .getByRole('row', { name: /fox-tales\.txt/ })
    .getByRole('link')
    .click()
  await expect(again.getByRole('table', { name: 'Top' }).getByRole('cell', { name: 'the', exact: true })).toBeVisible()
})

test('numbers and primes run in the window as in a browser', async ({ desktop }) => {
  const page = await desktop.start()
  await page.getByRole('link', { name: 'New job' }).click()
  await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
  await page.getByRole('textbox', { name: 'Values' }).fill('1 2 3.5')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await expect(page.getByText('6.5')).toBeVisible()

  await page.getByRole('link', { name: 'New job' }).click()
  await page.getByRole('radio', { name: /primes/i }).press('Space')
  await page.getByRole('combobox', { name: 'Mode' }).selectOption('range')
  await page.getByRole('textbox', { name: /^To/ }).fill('100')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  const { result } = desktop.ask('show', 'last') as { result: { count: number | string } }
  expect(Number(result.count)).toBe(25)
})

test('a job is cancelled', async ({ desktop }) => {
  const page = await desktop.start()
  await startNoOp(page, { tasks: 5000, ms: 20 })
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(stateOf(page, 'cancelled')).toBeVisible()
})

test('a worker that is killed costs its task’s time, and its slot is filled again', async ({ desktop }) => {
  const page = await desktop.start()
  await startNoOp(page, { tasks: 120, ms: 50 })
  const before = workersOf(desktop.pid)
  expect(before.length).toBeGreaterThan(0)
  process.kill(before[0] ?? 0, 'SIGKILL')
  await expect(page.getByText(/worker \d+ (was lost|ended|crashed|died)|lost/i).first()).toBeVisible()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 30_000 })
  expect(workersOf(desktop.pid)).toHaveLength(before.length)
  const { job } = desktop.ask('show', 'last') as Shown
  expect(job.tasks).toMatchObject({ total: 120, succeeded: 120 })
  expect(job.attempts).toBeGreaterThan(120)
})

test('the page’s process is killed: it is loaded again, and the job has not noticed', async ({ desktop }) => {
  const page = await desktop.start()
  await startNoOp(page, { tasks: 300, ms: 20 })
  const crash = await page.context().newCDPSession(page)
  // The answer never comes: what would give it is gone.
  void crash.send('Page.crash').catch(() => null)
  await page.waitForEvent('crash')
  const fresh = await desktop.page()
  await expect(fresh.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await fresh.getByRole('link', { name: 'Jobs', exact: true }).click()
  await expect(fresh.getByRole('row', { name: /Succeeded/ })).toBeVisible({ timeout: 30_000 })
  const { job } = desktop.ask('show', 'last') as Shown
  expect([job.tasks.succeeded, job.attempts]).toEqual([300, 300])
  expect(readFileSync(join(desktop.home, 'logs/desktop.log'), 'utf8')).toContain('has gone: crashed (133)')
})

/** Linux tells a process's children; the app's workers are its only direct ones. */
function workersOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('worker.js'))
}
