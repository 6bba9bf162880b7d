import { readFileSync } from 'node:fs'
import { type Shown, startNoOp, stateOf } from '../desktop/desktop.ts'
import { expect, test } from './stage.ts'

/** The ways of a person through the dashboard, the same in a browser and in the desktop app's window. */

const line = 'the quick brown fox jumps over the lazy dog and it’s gone\n'

test('a dropped file is counted; its answer grows, outlives a reload, and is found after a restart', async ({
  stage,
}) => {
  const page = await stage.start()
  await stage.drop(page, await stage.file('fox-tales.txt', line, 3_000_000))
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('radio', { name: 'Count words' })).toBeChecked()
  await page.getByText('Name and workers').click()
  await page.getByRole('textbox', { name: 'Workers' }).fill('1')
  await page.getByRole('button', { name: 'Run' }).click()
  const coverage = page.getByText(/^covers \d+% of the data$/).first()
  await expect(coverage).toBeVisible()
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(stateOf(page, 'paused')).toBeVisible()

  await page.reload()
  await expect(coverage).toBeVisible()
  const percent = async () => {
    const [text] = await coverage.allTextContents()
    return text === undefined ? 100 : Number(/\d+/.exec(text)?.[0])
  }
  const paused = await percent()
  expect(paused).toBeLessThan(100)
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect.poll(percent, { intervals: [50] }).toBeGreaterThan(paused)
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 60_000 })

  await stage.stop()
  const again = await stage.start()
  await again.getByRole('searchbox', { name: 'Search jobs' }).fill('fox-tales')
  await again
    .getByRole('row', { name: /fox-tales\.txt/ })
    .getByRole('link')
    .click()
  await expect(again.getByRole('table', { name: 'Top' }).getByRole('cell', { name: 'the', exact: true })).toBeVisible()
})

test('numbers and primes are computed', async ({ stage }) => {
  const page = await stage.start()
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
  const { result } = stage.ask('show', 'last') as { result: { count: number | string } }
  expect(Number(result.count)).toBe(25)
})

test('a job is cancelled', async ({ stage }) => {
  const page = await stage.start()
  await startNoOp(page, { tasks: 5000, ms: 20 })
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(stateOf(page, 'cancelled')).toBeVisible()
})

test('a worker that is killed costs its task’s time, and its slot is filled again', async ({ stage }) => {
  const page = await stage.start()
  await startNoOp(page, { tasks: 120, ms: 50 })
  const before = workersOf(stage.pid)
  expect(before.length).toBeGreaterThan(0)
  process.kill(before[0] ?? 0, 'SIGKILL')
  await expect(page.getByText(/worker \d+ (was lost|ended|crashed|died)|lost/i).first()).toBeVisible()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 30_000 })
  expect(workersOf(stage.pid)).toHaveLength(before.length)
  const { job } = stage.ask('show', 'last') as Shown
  expect(job.tasks).toMatchObject({ total: 120, succeeded: 120 })
  expect(job.attempts).toBeGreaterThan(120)
})

test('the page’s process is killed: it is loaded again, and the job has not noticed', async ({ stage }) => {
  const page = await stage.start()
  await startNoOp(page, { tasks: 300, ms: 20 })
  const crash = await page.context().newCDPSession(page)
  // The answer never comes: what would give it is gone.
  void crash.send('Page.crash').catch(() => null)
  await page.waitForEvent('crash')
  const fresh = await stage.comeBack()
  await expect(fresh.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await fresh.getByRole('link', { name: 'Jobs', exact: true }).click()
  await expect(fresh.getByRole('row', { name: /Succeeded/ })).toBeVisible({ timeout: 30_000 })
  const { job } = stage.ask('show', 'last') as Shown
  expect([job.tasks.succeeded, job.attempts]).toEqual([300, 300])
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
