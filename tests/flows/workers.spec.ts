import { startNoOp, stateOf } from './acts.ts'
import { expect, test } from './flow.ts'
import { lastJob, workersOf } from './home.ts'

test('a worker that is killed costs its task’s time, and its slot is filled again', async ({ stage }) => {
  const page = await stage.start()
  await startNoOp(page, { tasks: 120, ms: 50 })
  const before = workersOf(stage.pid)
  const [victim] = before
  if (victim === undefined) throw new Error('the job runs without a worker')
  process.kill(victim, 'SIGKILL')
  await expect(
    page
      .getByRole('region', { name: 'Story' })
      .getByText(/worker \d+ was lost/i)
      .first(),
  ).toBeVisible()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 30_000 })
  await expect.poll(() => workersOf(stage.pid)).toHaveLength(before.length)
  expect(workersOf(stage.pid)).not.toContain(victim)
  const { job } = lastJob(stage.home)
  expect(job.tasks).toMatchObject({ total: 120, succeeded: 120 })
  expect(job.attempts).toBeGreaterThan(120)
})
