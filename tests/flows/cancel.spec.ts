import { startNoOp, stateOf } from './acts.ts'
import { expect, test } from './flow.ts'
import { lastJob } from './home.ts'

test('a cancelled job keeps what it has done, and a retry does the rest', async ({ stage }) => {
  const page = await stage.start()
  await startNoOp(page, { tasks: 300, ms: 30 })
  // More than workers can have in hand.
  await expect.poll(() => lastJob(stage.home).job.tasks.succeeded).toBeGreaterThan(50)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(stateOf(page, 'cancelled')).toBeVisible()
  const { job } = lastJob(stage.home)
  expect(job.tasks.succeeded).toBeGreaterThan(0)
  expect(job.tasks.succeeded).toBeLessThan(300)

  await page.getByRole('button', { name: 'Retry' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 30_000 })
  const done = lastJob(stage.home).job
  expect(done.tasks).toMatchObject({ total: 300, succeeded: 300 })
  expect(done.attempts, 'what was done is not done again').toBeLessThan(300 + job.tasks.succeeded)
})
