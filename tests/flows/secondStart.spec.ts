import { join } from 'node:path'
import { expect, test } from './flow.ts'
import { hostOf, writeLines } from './home.ts'

test('a second start hands its file to the first, which shows it, and ends', async ({ stage }) => {
  const page = await stage.start()
  const file = writeLines(join(stage.folder, 'more.txt'), 'a b c\n')
  expect(await stage.startAgain(file)).toBe(0)
  await expect(page.getByText('more.txt').first()).toBeVisible()
  expect(await hostOf(stage.home)).toEqual({ pid: stage.pid, mode: stage.mode })
})
