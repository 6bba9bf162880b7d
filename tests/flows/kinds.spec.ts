import { startNoOp, stateOf } from './acts.ts'
import { expect, test } from './flow.ts'
import { ask, lastJob } from './home.ts'

test('numbers, primes and tasks that do nothing are set up by hand and run', async ({ stage }) => {
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
  const { result } = ask(stage.home, 'show', 'last') as { result: { count: number | string } }
  expect(Number(result.count)).toBe(25)

  await startNoOp(page, { tasks: 60, ms: 20 })
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  expect(lastJob(stage.home).job.tasks).toMatchObject({ total: 60, succeeded: 60 })
})
