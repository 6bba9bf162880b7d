import { stateOf } from '../flows/acts.ts'
import { dropFile, expect, openDashboard, test } from './host.ts'

test('settings are kept as a recipe and fill the form in again; what a job wrote is the next one’s input', async ({
  page,
  mill,
}, info) => {
  await openDashboard(page, mill.address)
  await dropFile(page, { name: 'tale.txt', text: 'b a b c\n' })
  await page
    .getByRole('spinbutton', { name: 'Top' })
    .or(page.getByRole('textbox', { name: 'Top' }))
    .fill('2')
  await page.getByText('Keep as a recipe').click()
  await page.getByRole('textbox', { name: 'Recipe’s name' }).fill('two words')
  await page.getByRole('button', { name: 'Save recipe' }).click()
  await expect(page.getByText('Saved as two words.')).toBeVisible()

  await page.getByRole('textbox', { name: 'Recipe’s name' }).fill('two words')
  await page.getByRole('button', { name: 'Save recipe' }).click()
  await expect(page.getByText('there is one of that name')).toBeVisible()
  await page.getByRole('button', { name: 'Replace recipe' }).click()
  await expect(page.getByText('Saved as two words.')).toBeVisible()
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()

  await page.getByRole('button', { name: 'Use as input of a new job: words.csv' }).click()
  await expect(page.getByRole('list', { name: 'How words.csv is read' })).toContainText('commas between fields')
  await page.getByRole('button', { name: 'Use the recipe two words' }).click()
  await expect(page.getByRole('textbox', { name: 'Top' })).toHaveValue('2')
  await info.attach('new job', { body: await page.screenshot(), contentType: 'image/png' })
  await expect(page.getByText(/gristmill run word-count job:\w+\/words\.csv -p top=2/)).toBeVisible()
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()

  await page.getByRole('link', { name: 'New job', exact: true }).click()
  await page.getByRole('button', { name: 'Forget the recipe two words' }).click()
  await expect(page.getByRole('button', { name: 'Use the recipe two words' })).toBeHidden()
})
