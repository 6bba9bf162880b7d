import { startNoOp, stateOf } from '../flows/acts.ts'
import { expect, openDashboard, test } from './host.ts'

test('two windows stay right about a job that one of them steers', async ({ page, context, mill }) => {
  await openDashboard(page, mill.address)
  const other = await context.newPage()
  await openDashboard(other, new URL('/', mill.address).href)
  await startNoOp(page, { tasks: 400, ms: 50 })

  const row = other.getByRole('listitem').filter({ hasText: 'Running' })
  await expect(row).toBeVisible()
  await row.getByRole('link').click()
  await expect(other.getByRole('button', { name: 'Pause' })).toBeVisible()

  await other.getByRole('button', { name: 'Pause' }).click()
  await expect(stateOf(page, 'paused')).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(stateOf(other, 'running')).toBeVisible()

  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(stateOf(other, 'cancelled')).toBeVisible()
  await expect(stateOf(page, 'cancelled')).toBeVisible()

  await other.getByRole('link', { name: 'Jobs', exact: true }).click()
  await expect(other.getByRole('row', { name: /Cancelled/ })).toBeVisible()
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Remove job' }).click()
  await expect(other.getByRole('heading', { name: 'Nothing milled yet' })).toBeVisible()
})

test('while the host is away the page says so and keeps what was typed; its new address lets it in again', async ({
  page,
  mill,
}) => {
  await openDashboard(page, mill.address)
  await page.getByRole('link', { name: 'New job' }).click()
  await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
  await page.getByRole('textbox', { name: 'Values' }).fill('1 2 3')
  await mill.stop()
  await expect(page.getByText('The host is away.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Run' })).toBeDisabled()
  await expect(page.getByRole('textbox', { name: 'Values' })).toHaveValue('1 2 3')

  const again = await mill.start('--port', new URL(page.url()).port)
  await expect(page.getByText('The host was started again and no longer knows this page.')).toBeVisible()
  await page.evaluate((address) => location.assign(address), again)
  await expect(page.getByText('The host was started again')).toBeHidden()
  await expect(page.getByRole('textbox', { name: 'Values' })).toHaveValue('1 2 3')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()
})

test('a page without a token is not let in and says what to do', async ({ page, mill }) => {
  await page.goto(new URL('/', mill.address).href)
  await expect(page.getByText('This page was not let in.')).toBeVisible()
})
