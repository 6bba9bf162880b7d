import { stateOf, tabTo } from '../flows/acts.ts'
import { expect, openDashboard, test } from './host.ts'

test('a job gets a name, tags and a note by keyboard alone, shows them in the list and is found by its note', async ({
  page,
  context,
  mill,
}, info) => {
  await openDashboard(page, mill.address)
  await page.getByRole('link', { name: 'New job' }).click()
  await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
  await page.getByRole('textbox', { name: 'Values' }).fill('1 2 3')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  const story = page.getByRole('region', { name: 'Story' }).getByRole('listitem')
  await expect(story.last()).toContainText('Finished')
  const told = await story.allTextContents()

  await tabTo(page, 'Edit name, tags and note')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await tabTo(page, 'Name')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Delete')
  await expect(page.getByText('This is needed.')).toBeVisible()
  await page.keyboard.type('Tide tables')
  await page.keyboard.press('Tab')
  await page.keyboard.type('harbour, spring ,harbour')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Measured by the lighthouse keeper.')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')

  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Edit name, tags and note' })).toBeFocused()
  await expect(page.getByRole('heading', { level: 1, name: 'Tide tables' })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Tags' }).getByRole('listitem')).toHaveText(['harbour', 'spring'])
  await expect(page.getByRole('region', { name: 'Note' })).toHaveText('Measured by the lighthouse keeper.')
  expect(await story.allTextContents(), 'the story is not affected').toEqual(told)
  await info.attach('details', { body: await page.screenshot(), contentType: 'image/png' })

  await page.keyboard.press('Enter')
  await tabTo(page, 'Name')
  await page.keyboard.type('never saved')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('heading', { level: 1, name: 'Tide tables', exact: true })).toBeVisible()

  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  const row = page.getByRole('row', { name: /Tide tables/ })
  await expect(row.getByRole('list', { name: 'Tags' }).getByRole('listitem')).toHaveText(['harbour', 'spring'])
  await page.getByRole('searchbox').fill('lighthouse')
  await expect(page).toHaveURL(/search=lighthouse/)
  await expect(row).toBeVisible()
  await page.getByRole('searchbox').fill('windmill')
  await expect(page.getByText('No job matches.')).toBeVisible()

  const other = await context.newPage()
  await openDashboard(other, new URL('/', mill.address).href)
  await page.getByRole('searchbox').fill('')
  await row.getByRole('link').click()
  await page.getByRole('button', { name: 'Edit name, tags and note' }).click()
  await page.getByRole('textbox', { name: 'Tags' }).fill('neap')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(other.getByRole('list', { name: 'Tags' }), 'another window hears of it').toHaveText('neap')
})
