import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startNoOp, stateOf } from '../flows/acts.ts'
import { lastJob, writeLines } from '../flows/home.ts'
import { expect, test } from './desktop.ts'

test('a start with files opens them, and says why it does not take one', async ({ desktop }) => {
  const path = writeLines(join(desktop.folder, 'words.txt'), 'a b c\n')
  const page = await desktop.start(path, join(desktop.folder, 'missing.txt'), desktop.folder)
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible()
  await expect(page.getByText('cannot read missing.txt: ENOENT')).toBeVisible()
  await expect(page.getByText(/ is a folder$/)).toBeVisible()
  expect((await desktop.call('notes')).recentDocuments).toEqual([path])
})

test('Open takes what the person chooses, by the menu’s keys or the page’s button', async ({ desktop }) => {
  const page = await desktop.start()
  await desktop.call('answerOpen', writeLines(join(desktop.folder, 'chosen.txt'), 'a b c\n'))
  await desktop.press('ControlOrMeta+O')
  await expect(page.getByText('chosen.txt').first()).toBeVisible()
  // Closed without a choice.
  await desktop.call('answerOpen')
  await desktop.call('menu', 'open')
  await desktop.call('answerOpen', writeLines(join(desktop.folder, 'button.txt'), 'a b c\n'))
  await page
    .getByRole('button', { name: /Add files|Choose files/ })
    .first()
    .click()
  await expect(page.getByText('button.txt').first()).toBeVisible()
})

test('where the window was and what was chosen are kept, and found again', async ({ desktop }) => {
  await desktop.start()
  await desktop.call('menu', 'keep-awake')
  await desktop.call('place', { x: 60, y: 70, width: 900, height: 700 })
  await desktop.call('close')
  expect(await desktop.ended()).toBe(0)
  const kept = { window: { x: 60, y: 70, width: 900, height: 700, maximized: false }, keepAwake: true }
  expect(JSON.parse(readFileSync(join(desktop.home, 'desktop.json'), 'utf8'))).toEqual(kept)
  await desktop.start()
  expect(await desktop.call('placed')).toEqual({ x: 60, y: 70, width: 900, height: 700 })
  expect(await desktop.call('isChosen', 'keep-awake')).toBe(true)
})

test('the machine is kept awake while a job runs, only when that was chosen', async ({ desktop }) => {
  const page = await desktop.start()
  await startNoOp(page, { tasks: 40, ms: 50 })
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  expect((await desktop.call('notes')).awake).toEqual([])
  await desktop.call('menu', 'keep-awake')
  await startNoOp(page, { tasks: 40, ms: 50 })
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await expect.poll(async () => (await desktop.call('notes')).awake).toEqual(['start prevent-app-suspension', 'stop'])
})

test('the bar shows progress, and on battery fewer workers get work and the page says why', async ({ desktop }) => {
  const page = await desktop.start()
  await desktop.call('battery', true)
  await startNoOp(page, { tasks: 400, ms: 20 })
  await expect(page.getByText(/Held back: this machine runs on battery; \d+ of \d+ workers get work/)).toBeVisible()
  await desktop.call('battery', false)
  await expect(page.getByText(/Held back/)).toBeHidden()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 30_000 })
  await expect.poll(async () => (await desktop.call('notes')).progress.at(-1)).toEqual({ value: -1, mode: 'none' })
  const { progress } = await desktop.call('notes')
  expect(progress.filter(({ mode }) => mode === 'normal').length).toBeGreaterThan(3)
})

test('sleep and waking up are noted, and a system that shuts down ends the app without a question', async ({
  desktop,
}) => {
  const page = await desktop.start()
  await startNoOp(page, { tasks: 2000, ms: 20 })
  await desktop.call('power', 'suspend')
  await desktop.call('power', 'resume')
  await desktop.call('power', 'shutdown')
  expect(await desktop.ended()).toBe(0)
  const log = readFileSync(join(desktop.home, 'logs/desktop.log'), 'utf8')
  expect(log).toMatch(/goes to sleep[\s\S]*awake again/)
  expect(lastJob(desktop.home)).toMatchObject({ job: { state: 'running', tasks: { failed: 0 } } })
})

test('a job of more than ten seconds that ends unseen is told, and a click on the notice opens it', async ({
  desktop,
}) => {
  const page = await desktop.start()
  await startNoOp(page, { tasks: 250, ms: 100 })
  await page.getByRole('link', { name: 'Workers' }).click()
  await desktop.call('focus', false)
  await expect
    .poll(async () => (await desktop.call('notes')).notices, { timeout: 60_000 })
    .toMatchObject([{ body: expect.stringMatching(/^Done after \d+ s\.$/) }])
  await desktop.call('clickNotice')
  await expect(stateOf(page, 'succeeded')).toBeVisible()
})
