import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { stateOf } from './acts.ts'
import { expect, test } from './flow.ts'
import { writeLines } from './home.ts'

const line = 'the quick brown fox jumps over the lazy dog and it’s gone\n'
/** So many that one worker is still at it when Pause is pressed: 350 MB. */
const lines = 6_000_000
const wordsPerLine = 12

test('a dropped file is counted; its answer grows, outlives a reload, and is found offline after a restart', async ({
  stage,
}, info) => {
  test.slow()
  const page = await stage.start()
  const asked = originsAskedBy(page)
  const path = writeLines(join(stage.folder, 'fox-tales.txt'), line, lines)
  await stage.drop(page, path)
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('radio', { name: 'Count words' })).toBeChecked()
  await page.getByText('Name and workers').click()
  await page.getByRole('textbox', { name: 'Workers' }).fill('1')
  await page.getByRole('button', { name: 'Run' }).click()

  await test.step('the answer and the share of each worker grow', async () => {
    await expect(coverageOf(page)).toBeVisible()
    const [covered, done] = [await percentOf(page), await tasksOf(page)]
    const hasGrown = async () => (await percentOf(page)) > covered && (await tasksOf(page)) > done
    await expect.poll(hasGrown, { intervals: [50] }).toBe(true)
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect(stateOf(page, 'paused')).toBeVisible()
    await info.attach('answer so far', { body: await page.screenshot(), contentType: 'image/png' })
  })

  await test.step('a page that is loaded again shows the same, and goes on', async () => {
    const [covered, done] = [await percentOf(page), await tasksOf(page)]
    expect(covered).toBeLessThan(100)
    await page.reload()
    await expect(stateOf(page, 'paused')).toBeVisible()
    await expect.poll(() => percentOf(page)).toBeGreaterThanOrEqual(covered)
    expect(await tasksOf(page)).toBeGreaterThanOrEqual(done)
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 60_000 })
    await expect(page.getByText((wordsPerLine * lines).toLocaleString('en-GB'))).toBeVisible()
    await info.attach('result', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })
  })

  await test.step('nobody but the host was ever asked, and without its file the job is still there', async () => {
    expect([...asked]).toEqual([new URL(page.url()).origin])
    await stage.stop()
    await rm(path)
    const again = await stage.start()
    await again.getByRole('searchbox', { name: 'Search jobs' }).fill('fox-tales')
    await again
      .getByRole('row', { name: /fox-tales\.txt/ })
      .getByRole('link')
      .click()
    await expect(
      again.getByRole('table', { name: 'Top' }).getByRole('cell', { name: 'the', exact: true }),
    ).toBeVisible()
  })
})

const coverageOf = (page: Page) => page.getByText(/^covers \d+% of the data$/).first()

/** A whole answer says nothing of coverage. */
async function percentOf(page: Page): Promise<number> {
  const [text] = await coverageOf(page).allTextContents()
  return text === undefined ? 100 : Number(/\d+/.exec(text)?.[0])
}

/** Of the one worker that the job may use. */
async function tasksOf(page: Page): Promise<number> {
  const cells = page.getByRole('region', { name: 'Work by worker' }).getByRole('cell')
  const [tasks] = await cells.allTextContents()
  return Number(tasks ?? 0)
}

function originsAskedBy(page: Page): ReadonlySet<string> {
  const origins = new Set<string>()
  page.on('request', (request) => {
    if (/^https?:/.test(request.url())) origins.add(new URL(request.url()).origin)
  })
  page.on('websocket', (socket) => origins.add(new URL(socket.url().replace('ws', 'http')).origin))
  return origins
}
