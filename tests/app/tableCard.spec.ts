import { stateOf } from '../flows/acts.ts'
import { dropFile, expect, openDashboard, test } from './host.ts'

const cities = [
  'City name;People;Area;Founded;Note',
  ...Array.from({ length: 60 }, (_, n) => `Town ${n + 1};${1000 * n + 5};${n},5;0${(n % 9) + 1}.03.18${10 + n};`),
  '',
].join('\n')

test('what was dropped is shown as a table, as it is read; saying how to read it changes what is shown', async ({
  page,
  mill,
}, info) => {
  await openDashboard(page, mill.address)
  await dropFile(page, { name: 'cities.csv', text: cities })
  const preview = page.getByRole('table', { name: 'First rows of cities.csv' })
  await expect(preview.getByRole('columnheader')).toHaveText([
    'City nametext',
    'Peopleinteger',
    'Areadecimal',
    'Foundeddate',
    'Noteno values',
  ])
  await expect(preview).toHaveAttribute('aria-rowcount', '61')
  await expect(preview.getByRole('cell', { name: 'Town 1', exact: true })).toBeVisible()
  const facts = page.getByRole('list', { name: 'How cities.csv is read' })
  await expect(facts).toContainText('semicolons between fields')
  await expect(facts).toContainText('decimal comma')
  await expect(page.getByText('about 60 rows · 5 columns')).toBeVisible()
  await info.attach('table', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })

  await page.getByRole('radio', { name: /Filter rows/ }).press('Space')
  await page.getByRole('button', { name: 'City name', exact: true }).click()
  await page.getByRole('button', { name: 'Area', exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Columns' })).toHaveValue('City name, Area')
  await page.getByText('How the files are read').click()
  await page.getByRole('combobox', { name: 'Header' }).selectOption('No')
  await expect(preview.getByRole('columnheader', { name: 'column_1' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'column_1', exact: true })).toBeVisible()
  await page.getByRole('combobox', { name: 'Header' }).selectOption('Not set')
  await page.getByRole('textbox', { name: 'Delimiter' }).fill('comma')
  await expect(facts).toContainText('commas between fields')
  await page.getByRole('textbox', { name: 'Delimiter' }).fill('')
  await expect(preview.getByRole('columnheader', { name: 'City name' })).toBeVisible()
  await info.attach('filter', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })

  await page.getByRole('textbox', { name: 'Where' }).fill('People > 50000')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await expect(page.getByText('Kept', { exact: true }).locator('xpath=..')).toContainText('10')
})

test('several files are one job, or a job each when the person says so', async ({ page, mill }, info) => {
  await openDashboard(page, mill.address)
  await dropFile(page, { name: 'a.csv', text: 'x,y\n1,2\n3,4\n' })
  await dropFile(page, { name: 'b.csv', text: 'y,z\n5,6\n7,8\n' })
  await page.getByRole('radio', { name: /Filter rows/ }).press('Space')
  await expect(page.getByRole('group', { name: 'Columns for Columns' }).getByRole('button')).toHaveText(['x', 'y', 'z'])
  await page.getByRole('radio', { name: 'A job for each: 2 jobs' }).press('Space')
  await expect(page.getByText(/gristmill run filter a\.csv b\.csv .*--each/)).toBeVisible()
  await info.attach('each', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible()
  await expect(page.getByRole('table').getByRole('link', { name: 'filter a' })).toBeVisible()
  await expect(page.getByRole('table').getByRole('link', { name: 'filter b' })).toBeVisible()
})
