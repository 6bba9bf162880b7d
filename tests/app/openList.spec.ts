import { stateOf } from '../flows/acts.ts'
import { expect, openDashboard, test } from './host.ts'

/** A job whose items are typed while it runs. */
test('items are given on the job’s page, and each answer stands beside its item until nobody has more', async ({
  page,
  mill,
}) => {
  await openDashboard(page, mill.address)
  await page.getByRole('link', { name: 'New job' }).click()
  await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
  await page.getByRole('textbox', { name: 'Formula' }).fill('x * 2')
  await page.getByRole('button', { name: 'Give items as they come' }).click()

  const box = page.getByRole('textbox', { name: 'More items' })
  const answers = page.getByRole('table', { name: /What came of each item/ })
  await box.fill('21\nfour')
  await page.getByRole('button', { name: 'Give', exact: true }).click()
  await expect(answers.getByRole('cell', { name: '42', exact: true })).toBeVisible()
  await expect(answers.getByRole('cell', { name: 'Failed: not a number' })).toBeVisible()
  await expect(box).toHaveValue('')
  await expect(stateOf(page, 'running')).toBeVisible()

  // It goes on while nobody looks.
  await page.reload()
  await expect(answers.getByRole('cell', { name: '42', exact: true })).toBeVisible()
  await box.fill('4')
  await page.getByRole('button', { name: 'No more items' }).click()
  await expect(answers.getByRole('cell', { name: '8', exact: true })).toBeVisible()
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await expect(box).toBeHidden()
  await expect(page.getByRole('region', { name: 'Result' })).toContainText('50')
})
