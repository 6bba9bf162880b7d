import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startNoOp, stateOf } from '../flows/acts.ts'
import { expect, openDashboard, test } from './host.ts'

test('the storage page shows what takes the disk, and keeps what a person decides about it', async ({ page, mill }) => {
  await openDashboard(page, mill.address)
  await startNoOp(page, { tasks: 50, ms: 60 })
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await page.getByRole('link', { name: 'Storage' }).click()
  await expect(page.getByText(/1 job; removing them frees about/)).toBeVisible()
  await expect(page.getByRole('table', { name: 'Jobs that take most' }).getByRole('link')).toHaveText('no-op')

  await page.getByRole('textbox', { name: 'Days after they ended' }).fill('0')
  await expect(page.getByText('Whole days, 1 to 36,500')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Keep them so' })).toBeDisabled()
  await page.getByRole('textbox', { name: 'Days after they ended' }).fill('30')
  await page.getByRole('textbox', { name: 'Gigabytes of the home' }).fill('2.5')
  await page.getByRole('button', { name: 'Keep them so' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  const settings = await readFile(join(mill.folder, 'home/settings.json'), 'utf8')
  expect(JSON.parse(settings)).toEqual({ keepDays: 30, keepBytes: 2_500_000_000 })
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Days after they ended' })).toHaveValue('30')
})

test('what had to be done about the database stands above every screen', async ({ page, mill }) => {
  await mill.stop()
  await writeFile(join(mill.folder, 'home/gristmill.db'), 'not a database')
  await openDashboard(page, await mill.start())
  await expect(page.getByRole('note')).toContainText('the database could not be trusted (file is not a database)')
  await page.getByRole('link', { name: 'Workers' }).click()
  await expect(page.getByRole('note')).toContainText('the history begins anew')
})
