import { crashPage, startNoOp } from './acts.ts'
import { expect, test } from './flow.ts'
import { lastJob } from './home.ts'

test('the page’s process is killed: it comes back, and the job has not noticed', async ({ stage }) => {
  const page = await stage.start()
  await startNoOp(page, { tasks: 300, ms: 20 })
  await crashPage(page)
  const fresh = await stage.comeBack()
  await fresh.getByRole('link', { name: 'Jobs', exact: true }).click()
  await expect(fresh.getByRole('row', { name: /Succeeded/ })).toBeVisible({ timeout: 30_000 })
  const { job } = lastJob(stage.home)
  expect([job.tasks.succeeded, job.attempts]).toEqual([300, 300])
})
