import { stateOf } from '../flows/acts.ts'
import { dropFile, expect, openDashboard, test } from './host.ts'

/** The way of one dataset through the mill, as a person takes it. */
const line = 'the quick brown fox jumps over the lazy dog and it’s gone\n'
const wordsPerLine = 12
const repeats = 150_000
const file = { name: 'fox-tales.txt', text: line.repeat(100), repeat: repeats / 100 }
const totalWords = (wordsPerLine * repeats).toLocaleString('en-GB')

test('an artifact is downloaded as the host keeps it', async ({ page, mill }) => {
  await openDashboard(page, mill.address)
  await dropFile(page, file)
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByText(totalWords)).toBeVisible({ timeout: 30_000 })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download words.csv' }).click(),
  ])
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  const rows = Buffer.concat(chunks).toString('utf8').split('\n')
  expect(rows.slice(0, 3)).toEqual(['word,count', `the,${2 * repeats}`, `and,${repeats}`])
})

test('what the host refuses stands beside the form, and no job is made', async ({ page, mill }) => {
  await openDashboard(page, mill.address)
  await page.getByRole('link', { name: 'New job' }).click()
  await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
  await page.getByRole('textbox', { name: 'Values' }).fill('1, two')
  await expect(page.getByText('“two” is not a number.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Values' }).fill('1, 2')
  await page.getByRole('textbox', { name: 'From' }).fill('3')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(page.getByRole('alert')).toContainText('give the numbers once')
  await expect(page.getByRole('textbox', { name: 'Values' })).toHaveValue('1, 2')
  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Nothing milled yet' })).toBeVisible()
})

test('a binary file fits no kind that reads text, and the form says why', async ({ page, mill }) => {
  await openDashboard(page, mill.address)
  await dropFile(page, { name: 'noise.bin', text: '\u0000\u0001\u0002\u0003'.repeat(5000) })
  await expect(page.getByText(/ · binary$/)).toBeVisible()
  await expect(page.getByRole('radio', { name: /Count words.*Reads text files only/ })).toBeDisabled()
})

test('the last of 5,000 tasks is a key press away', async ({ page, mill }) => {
  await openDashboard(page, mill.address)
  await page.getByRole('link', { name: 'Diagnostics' }).click()
  await page.getByRole('link', { name: 'Set up and run' }).click()
  await page.getByRole('textbox', { name: 'Tasks' }).fill('5000')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('table', { name: 'Tasks' })).toHaveAttribute('aria-rowcount', '5001')
  await page.getByRole('region', { name: 'Tasks', exact: true }).focus()
  await page.keyboard.press('End')
  await expect(
    page.getByRole('table', { name: 'Tasks' }).getByRole('cell', { name: '4999', exact: true }),
  ).toBeVisible()
})
