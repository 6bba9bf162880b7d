import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crashPage, startNoOp, stateOf } from '../flows/acts.ts'
import { hostOf, lastJob, writeLines } from '../flows/home.ts'
import { expect, test } from './desktop.ts'

test('a dropped file is read where it lies, and its artifact is shown and opened where it lies', async ({
  desktop,
}) => {
  const page = await desktop.start()
  const path = writeLines(join(desktop.folder, 'words.txt'), 'one two two three three three\n', 1000)
  await desktop.drop(path)
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible()
  const line = page.getByRole('region', { name: 'The same in a terminal' })
  await expect(line.getByText('gristmill run word-count words.txt')).toBeVisible()
  await line.getByRole('button', { name: 'Copy' }).click()
  await expect(line.getByRole('button', { name: 'Copied' })).toBeVisible()
  expect((await desktop.call('notes')).copied).toEqual([expect.stringContaining(`run word-count ${path}`)])
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText(desktop.folder)).toHaveCount(0)
  await page.getByRole('button', { name: 'Open words.csv' }).click()
  await page.getByRole('button', { name: 'Show words.csv in its folder' }).click()
  const shown = lastJob(desktop.home)
  expect(shown.job.inputs).toMatchObject([{ path, spooled: false }])
  const [artifact] = shown.artifacts
  await expect
    .poll(async () => {
      const { opened, revealed, recentDocuments } = await desktop.call('notes')
      return [opened, revealed, recentDocuments]
    })
    .toEqual([[artifact?.path], [artifact?.path], [path]])
})

test('why the page’s process has gone is in the log; when it goes again and again, it stays away', async ({
  desktop,
}) => {
  await desktop.start()
  await startNoOp(await desktop.page(), { tasks: 2000, ms: 20 })
  for (let time = 1; time <= 4; time++) {
    const page = await desktop.page()
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
    await crashPage(page)
  }
  await expect.poll(async () => (await desktop.call('notes')).errors).toHaveLength(1)
  const log = readFileSync(join(desktop.home, 'logs/desktop.log'), 'utf8')
  expect(log.match(/has gone: crashed \(\d+\)/g)).toHaveLength(4)
  expect((await hostOf(desktop.home))?.pid).toBe(desktop.pid)
})
