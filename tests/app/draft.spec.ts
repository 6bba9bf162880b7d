import { stateOf } from '../flows/acts.ts'
import { dropFile, expect, openDashboard, test } from './host.ts'

test('a job being put together outlives a reload, and a file that a new host does not know is sent again', async ({
  page,
  mill,
}, info) => {
  await openDashboard(page, mill.address)
  await dropFile(page, { name: 'depths.txt', text: '4\n5\n6\n' })
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible()
  await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
  await page.getByRole('textbox', { name: 'Formula' }).fill('x * 10')
  await page.getByText('Name and workers').click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Soundings')
  await page.getByRole('textbox', { name: 'Workers' }).fill('1')

  await page.reload()
  await expect(page.getByText('text · UTF-8 · LF'), 'the host still knows the file').toBeVisible()
  await expect(page.getByRole('radio', { name: /Compute with numbers/ })).toBeChecked()
  await expect(page.getByRole('textbox', { name: 'Formula' })).toHaveValue('x * 10')
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Soundings')
  await expect(page.getByRole('textbox', { name: 'Workers' })).toHaveValue('1')

  const { port } = new URL(page.url())
  await mill.stop()
  const again = await mill.start('--port', port)
  await page.goto('about:blank')
  await page.goto(again)
  await page.getByRole('link', { name: /^New job/ }).click()
  await expect(page.getByText('cannot find that upload')).toBeVisible()
  await info.attach('forgotten', { body: await page.screenshot(), contentType: 'image/png' })
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose the file to send again…' }).click(),
  ])
  await chooser.setFiles({ name: 'depths.txt', mimeType: 'text/plain', buffer: Buffer.from('4\n5\n6\n') })
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible()
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: 'Soundings' })).toBeVisible()
  await expect(page.getByText('Sum', { exact: true }).locator('xpath=..')).toContainText('150')

  await page.reload()
  await page.getByRole('link', { name: 'New job', exact: true }).click()
  await expect(page.getByText('No files yet.'), 'nothing is left of a job that was made').toBeVisible()
})
