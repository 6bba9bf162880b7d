import { expect, type Locator, type Page } from '@playwright/test'
import type { JobState } from '../../contract/transitions.ts'

/** What a person does in the dashboard and sees there, whichever host stands behind it. */

/** The mark of a job's state, on its page or in a list. */
export const stateOf = (page: Page, state: JobState): Locator => page.locator(`[data-state=${state}]`).first()

/** A job that takes as long as it is told to, from Diagnostics. */
export async function startNoOp(page: Page, { tasks, ms }: { tasks: number; ms: number }): Promise<void> {
  await page.getByRole('link', { name: 'Diagnostics' }).click()
  await page.getByRole('link', { name: 'Set up and run' }).click()
  await page.getByRole('textbox', { name: 'Tasks' }).fill(String(tasks))
  await page.getByRole('textbox', { name: 'Milliseconds' }).fill(String(ms))
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'running')).toBeVisible()
}

/** Real files of the disk, dropped on the middle of the page by Chromium's own drag events. */
export async function dragFiles(page: Page, files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data })
  await session.detach()
}

/** The page's process ends at once, as from a fault of its own. */
export async function crashPage(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const gone = page.waitForEvent('crash')
  // The answer never comes: what would give it is gone.
  void session.send('Page.crash').catch(() => null)
  await gone
}

const mostPresses = 60

/** No pointer anywhere: Tab to what has the name, as often as it takes. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < mostPresses; presses += 1) {
    await page.keyboard.press('Tab')
    const label = await page.evaluate(() => {
      const focused = document.activeElement
      const labelled = focused instanceof HTMLInputElement ? focused.labels?.[0]?.textContent : focused?.textContent
      return focused?.getAttribute('aria-label') ?? labelled?.trim()
    })
    if (label === name) return
  }
  throw new Error(`Tab never reached ${name}`)
}
