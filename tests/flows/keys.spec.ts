import { stateOf, tabTo } from './acts.ts'
import { expect, test } from './flow.ts'

test('the screens have keys or addresses, and a job is set up, run, found and removed by keyboard alone', async ({
  stage,
}, info) => {
  const page = await stage.start()
  for (const screen of ['New job', 'Workers', 'Storage', 'Diagnostics'] as const) {
    await stage.goTo(page, screen)
    await expect(page.getByRole('heading', { level: 1, name: screen })).toBeVisible()
  }
  await stage.goTo(page, 'Jobs')
  await expect(page.getByRole('heading', { name: 'Nothing milled yet' })).toBeVisible()

  await test.step('set up and run', async () => {
    await tabTo(page, 'New job')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'New job' })).toBeFocused()
    await page.keyboard.press('Tab')
    while (!(await page.evaluate(() => document.activeElement?.matches('[type=radio]'))))
      await page.keyboard.press('Tab')
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
  })

  await test.step('found', async () => {
    await stage.goTo(page, 'Jobs')
    await expect(page.getByRole('searchbox')).toBeVisible()
    await page.keyboard.press('/')
    await expect(page.getByRole('searchbox')).toBeFocused()
    await page.keyboard.type('numbers')
    await tabTo(page, 'numbers')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'numbers' })).toBeVisible()
  })

  await test.step('removed', async () => {
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
})
