import { expect, stateOf, test } from './desktop.ts'

test('the app opens its window, shows its host and quits without leaving a process', async ({ desktop }) => {
  const page = await desktop.start()
  await expect(page).toHaveTitle(/Gristmill/)
  await desktop.call('quit')
  expect(await desktop.ended()).toBe(0)
})

test('a dropped file is read where it lies and counted', async ({ desktop }) => {
  const page = await desktop.start()
  await desktop.call('drop', await desktop.file('words.txt', 'one two two three three three\n', 1000))
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible()
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 30_000 })
})
