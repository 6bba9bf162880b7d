import { AxeBuilder } from '@axe-core/playwright'
import type { Page, TestInfo } from '@playwright/test'
import { dropFile, expect, openDashboard, stateOf, test } from './host.ts'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

async function check(page: Page, info: TestInfo, screen: string): Promise<void> {
  await info.attach(screen, { body: await page.screenshot(), contentType: 'image/png' })
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  expect(found, `axe on ${screen}`).toEqual([])
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any screen, ${colorScheme}`, async ({ page, mill }, info) => {
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await openDashboard(page, mill.address)
    await expect(page.getByRole('heading', { name: 'Nothing milled yet' })).toBeVisible()
    await check(page, info, 'home, empty')

    await dropFile(page, { name: 'numbers.txt', text: '1\n2\nthree\n4\n' })
    await expect(page.getByText('text · UTF-8 · LF')).toBeVisible()
    await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
    await expect(page.getByRole('textbox', { name: 'Formula' })).toBeVisible()
    await check(page, info, 'new job')

    await page.getByRole('button', { name: 'Run' }).click()
    await expect(stateOf(page, 'succeeded')).toBeVisible()
    await expect(page.getByRole('table', { name: 'Records set aside' }).getByText('three')).toBeVisible()
    await check(page, info, 'job with rejects')
    await page.getByRole('button', { name: 'Remove' }).click()
    await expect(page.getByRole('alertdialog')).toBeVisible()
    await check(page, info, 'remove')
    await page.keyboard.press('Escape')

    await page.getByRole('link', { name: 'Jobs', exact: true }).click()
    await expect(page.getByRole('row', { name: /numbers\.txt/ })).toBeVisible()
    await check(page, info, 'home')
    await page.getByRole('link', { name: 'Workers' }).click()
    await expect(page.getByRole('table', { name: 'Worker processes' })).toBeVisible()
    await check(page, info, 'workers')
    await page.getByRole('link', { name: 'Diagnostics' }).click()
    await expect(page.getByText('Home folder')).toBeVisible()
    await check(page, info, 'diagnostics')
    await page.goto(new URL('/#/jobs/none', mill.address).href)
    await expect(page.getByRole('heading', { name: 'There is no such job.' })).toBeVisible()
    await check(page, info, 'no such job')
    expect(complaints, 'nothing on the console, so nothing that the content security policy refused').toEqual([])
  })
}
