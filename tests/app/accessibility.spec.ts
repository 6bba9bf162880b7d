import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page, TestInfo } from '@playwright/test'
import { startNoOp, stateOf } from '../flows/acts.ts'
import { dropFile, expect, openDashboard, test } from './host.ts'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Colours are the stylesheet's alone, so a screen need not be come to anew for each look of it. */
const looks = {
  light: { colorScheme: 'light', forcedColors: 'none' },
  dark: { colorScheme: 'dark', forcedColors: 'none' },
  'forced colours': { colorScheme: 'light', forcedColors: 'active' },
} as const

/** In every look. Without motion colours change at once. */
async function check(page: Page, info: TestInfo, screen: string): Promise<void> {
  for (const [look, media] of Object.entries(looks)) {
    await page.emulateMedia({ ...media, reducedMotion: 'reduce' })
    await info.attach(`${screen}, ${look}`, { body: await page.screenshot(), contentType: 'image/png' })
    // There are no frames, so no page of its own is needed to put together what each of them has.
    const { violations } = await new AxeBuilder({ page }).withTags(rules).setLegacyMode().analyze()
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
    expect(found, `axe on ${screen}, ${look}`).toEqual([])
  }
}

function listenForComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  return complaints
}

test('axe finds nothing on any screen, in any look', async ({ page, mill }, info) => {
  test.slow()
  const complaints = listenForComplaints(page)
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
  await page.getByRole('button', { name: 'Edit name, tags and note' }).click()
  await page.getByRole('textbox', { name: 'Tags' }).fill('one, two')
  await page.getByRole('textbox', { name: 'Note' }).fill('a note')
  await check(page, info, 'details')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('region', { name: 'Note' })).toBeVisible()
  await check(page, info, 'job with details')
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
  await page.getByRole('link', { name: 'Storage' }).click()
  await expect(page.getByRole('table', { name: 'Jobs that take most' })).toBeVisible()
  await check(page, info, 'storage')
  await page.getByRole('link', { name: 'Diagnostics' }).click()
  await expect(page.getByText('Home folder')).toBeVisible()
  await check(page, info, 'diagnostics')
  await page.goto(new URL('/#/jobs/none', mill.address).href)
  await expect(page.getByRole('heading', { name: 'There is no such job.' })).toBeVisible()
  await check(page, info, 'no such job')
  expect(complaints, 'nothing on the console, so nothing that the content security policy refused').toEqual([])
})

test('axe finds nothing on a running job, a failed one and the file picker, in any look', async ({
  page,
  mill,
}, info) => {
  const complaints = listenForComplaints(page)
  const root = await mkdtemp(join(mill.folder, 'root-'))
  await writeFile(join(root, 'measured.txt'), '1\n2\n3\n')
  await mill.stop()
  await openDashboard(page, await mill.start('--root', root))

  await startNoOp(page, { tasks: 200, ms: 1500 })
  await expect(stateOf(page, 'running')).toBeVisible()
  await expect(page.getByRole('table', { name: 'Tasks' }).getByText('Running').first()).toBeVisible()
  await check(page, info, 'running job')

  await page.getByRole('link', { name: 'New job' }).click()
  await page.getByRole('button', { name: 'Browse folders of the host…' }).click()
  await page.getByRole('button', { name: /^Open folder root-/ }).click()
  await expect(page.getByRole('button', { name: 'Add measured.txt' })).toBeVisible()
  await check(page, info, 'picker')
  await page.getByRole('button', { name: 'Add measured.txt' }).click()
  await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
  await page.getByRole('button', { name: 'Run' }).click()
  // Every worker is busy with the other job and has a task waiting, so this one has not begun to read.
  await expect(page.getByRole('heading', { level: 1, name: 'numbers measured' })).toBeVisible()
  await writeFile(join(root, 'measured.txt'), 'replaced while the job waited\n')
  await expect(stateOf(page, 'failed')).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('measured.txt')
  await check(page, info, 'failed job')
  expect(complaints, 'nothing on the console').toEqual([])
})
