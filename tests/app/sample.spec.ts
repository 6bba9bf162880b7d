import { AxeBuilder } from '@axe-core/playwright'
import { dropFile, expect, openDashboard, test } from './host.ts'

const cities = `name,people\n${Array.from({ length: 60 }, (_, n) => `Town ${n + 1},${1000 * n}\n`).join('')}`

test('what a job would write is shown while its params are typed, or what is wrong with them, marked', async ({
  page,
  mill,
}, info) => {
  await openDashboard(page, mill.address)
  const panel = page.getByRole('region', { name: 'What it would write' })
  await expect(panel).toBeHidden()
  await dropFile(page, { name: 'cities.csv', text: cities })
  await page.getByRole('radio', { name: /Filter rows/ }).press('Space')
  const rows = panel.getByRole('table', { name: 'First rows of the output' })
  await expect(rows.getByRole('columnheader')).toHaveText(['name', 'people'])
  await expect(panel.getByRole('status')).toHaveText('The first 20 rows.')

  const where = page.getByRole('textbox', { name: 'Where' })
  await where.pressSequentially('people > 50000', { delay: 20 })
  await expect(panel.getByRole('status')).toHaveText('All of it: 9 rows.')
  await expect(rows.getByRole('cell').first()).toHaveText('Town 52')
  await page.getByRole('textbox', { name: 'Columns' }).fill('town = upper(name), people')
  await expect(rows.getByRole('columnheader')).toHaveText(['town', 'people'])
  await expect(rows.getByRole('cell').first()).toHaveText('TOWN 52')
  await panel.getByRole('region', { name: 'First rows of the output' }).focus()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
    await info.attach(`sample ${colorScheme}`, { body: await panel.screenshot(), contentType: 'image/png' })
  }

  await where.fill('people > 1000 and poeple < 5000')
  await expect(panel.getByRole('status')).toContainText('unknown name "poeple"')
  await expect(panel.locator('mark')).toHaveText('poeple')
  await expect(rows).toBeHidden()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
    await info.attach(`complaint ${colorScheme}`, { body: await panel.screenshot(), contentType: 'image/png' })
  }
  await where.fill('people > 1000 and people < 5000')
  await expect(panel.getByRole('status')).toHaveText('All of it: 3 rows.')
  await page.getByRole('radio', { name: /Count words/ }).press('Space')
  await expect(panel).toBeHidden()
  await page.getByRole('link', { name: 'Jobs' }).first().click()
  await expect(page.getByText('cities')).toBeHidden()
})
