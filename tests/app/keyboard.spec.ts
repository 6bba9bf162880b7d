import type { Page } from '@playwright/test'
import { expect, openDashboard, stateOf, test } from './host.ts'

const mostPresses = 60

/** No pointer anywhere: Tab to what has the name, as often as it takes. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < mostPresses; presses += 1) {
    await page.keyboard.press('Tab')
    const label = await page.evaluate(() => {
      const focused = document.activeElement
      return focused?.getAttribute('aria-label') ?? focused?.textContent?.trim()
    })
    if (label === name) return
  }
  throw new Error(`Tab never reached ${name}`)
}

test('a job is set up, run, looked at and removed by keyboard alone', async ({ page, mill }, info) => {
  await openDashboard(page, mill.address)
  await tabTo(page, 'New job')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'New job' })).toBeFocused()

  await page.keyboard.press('Tab')
  while (!(await page.evaluate(() => document.activeElement?.matches('[type=radio]')))) await page.keyboard.press('Tab')
  while (!(await page.getByRole('radio', { name: /Compute with numbers/ }).isChecked()))
    await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('textbox', { name: 'Formula' })).toBeFocused()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('x * 2')
  await page.keyboard.press('Tab')
  await page.keyboard.type('0 1 2 3 4 5 6 7 8 9')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')

  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await expect(page.getByText('Sum', { exact: true }).locator('xpath=..')).toContainText('90')
  await info.attach('run by keyboard', { body: await page.screenshot(), contentType: 'image/png' })

  await tabTo(page, 'Remove')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Remove' })).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(page, 'Remove job')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Nothing milled yet' })).toBeVisible()
})

test('a slash goes to the search', async ({ page, mill }) => {
  await openDashboard(page, mill.address)
  await page.getByRole('link', { name: 'New job' }).click()
  await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
  await page.getByRole('textbox', { name: 'Values' }).fill('1')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  await expect(page.getByRole('searchbox')).toBeVisible()
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
})
