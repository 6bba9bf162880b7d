import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { stateOf, tabTo } from '../flows/acts.ts'
import { dropFile, expect, openDashboard, test } from './host.ts'

/** Every row once for each of the lower numbers, so that figures can be told beforehand. */
const people = [
  'id,name,height,joined,note',
  ...Array.from({ length: 40 }, (_, n) => `${n},Person ${n % 4},${n / 2},2024-01-${10 + (n % 9)},${n < 30 ? '' : 'x'}`),
  '',
].join('\n')

async function profile(page: Page, file: Parameters<typeof dropFile>[1]): Promise<void> {
  await dropFile(page, file)
  await expect(page.getByRole('table', { name: `First rows of ${file.name}` })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('radio', { name: /Profile columns/ }).press('Space')
  await page.getByRole('button', { name: 'Run' }).click()
}

const overview = (page: Page) => page.getByRole('table', { name: 'Columns' })
const details = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const figure = (page: Page, column: string, name: string) =>
  details(page, column).locator('dt').getByText(name, { exact: true }).locator('xpath=following-sibling::dd')

test('a profile shows every column, one of them in full, and shows the same when the host has been started again', async ({
  page,
  mill,
}, info) => {
  await openDashboard(page, mill.address)
  await profile(page, { name: 'people.csv', text: people })
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await expect(overview(page).getByRole('row')).toHaveCount(6)
  await expect(overview(page).getByRole('row').nth(5)).toContainText(/note\s*text\s*30\s*1\s*x\s*x/)
  await page.getByRole('button', { name: 'height' }).click()
  await expect(figure(page, 'height', 'Mean')).toHaveText('9.75')
  await expect(figure(page, 'height', 'Median')).toHaveText('9.75')
  await expect(figure(page, 'height', 'Sum')).toHaveText('390')
  await expect(figure(page, 'height', 'Distinct')).toHaveText('40')
  await expect(details(page, 'height').getByRole('figure')).toContainText('20 bars from 0 to 19.5')
  await details(page, 'height').getByText('As a table').click()
  const bars = details(page, 'height').getByRole('table', { name: 'Histogram' })
  await expect(bars.getByRole('row').nth(1)).toHaveText('00.9752')
  await info.attach('profile', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })

  const address = new URL(page.url()).hash
  await mill.stop()
  const next = await mill.start()
  await openDashboard(page, next)
  await page.goto(new URL(`/${address}`, next).href)
  await page.getByRole('button', { name: 'name', exact: true }).click()
  const top = details(page, 'name').getByRole('table', { name: 'Most frequent values' })
  await expect(top.getByRole('row')).toHaveText(['ValueCount', ...[0, 1, 2, 3].map((n) => `Person ${n}10`)])
})

test('a profile is read by keyboard, and axe finds nothing in it in either colour scheme', async ({ page, mill }) => {
  await openDashboard(page, mill.address)
  await profile(page, { name: 'people.csv', text: people })
  await expect(overview(page)).toBeVisible()
  await tabTo(page, 'joined')
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'joined' })).toHaveAttribute('aria-pressed', 'true')
  await expect(figure(page, 'joined', 'Greatest')).toHaveText('2024-01-18')
  await tabTo(page, 'Next column')
  await page.keyboard.press('Enter')
  await expect(figure(page, 'note', 'Nulls')).toHaveText('30 (75%)')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect((await new AxeBuilder({ page }).analyze()).violations, colorScheme).toEqual([])
  }
})

test('one of 500 columns is found by sorting or by its name', async ({ page, mill }) => {
  const names = Array.from({ length: 500 }, (_, n) => `column ${n}`)
  const row = (n: number) => names.map((_, at) => (n > 0 && at % 100 === 99 ? '' : at * n)).join(',')
  await openDashboard(page, mill.address)
  await profile(page, { name: 'wide.csv', text: `${[names.join(','), row(0), row(1), row(2)].join('\n')}\n` })
  await expect(overview(page)).toHaveAttribute('aria-rowcount', '501')
  await overview(page).getByRole('button', { name: 'Nulls' }).click()
  await expect(overview(page).getByRole('columnheader', { name: 'Nulls' })).toHaveAttribute('aria-sort', 'descending')
  await expect(overview(page).getByRole('row').nth(1)).toContainText('column 99')
  await page.getByRole('searchbox', { name: 'Search columns' }).fill('31')
  await expect(page.getByText('15 of 500 columns')).toBeVisible()
  await page.getByRole('button', { name: 'column 317' }).click()
  await expect(figure(page, 'column 317', 'Greatest')).toHaveText('634')
  await page.getByRole('searchbox', { name: 'Search columns' }).fill('nowhere')
  await expect(page.getByText('No column matches.')).toBeVisible()
})
