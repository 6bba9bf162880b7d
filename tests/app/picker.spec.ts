import { once } from 'node:events'
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { Cookie, Locator, Page } from '@playwright/test'
import { WebSocket } from 'ws'
import type { Api } from '../../contract/api.ts'
import { stateOf } from '../flows/acts.ts'
import { expect, openDashboard, test } from './host.ts'

/** Choosing files of the machine on which the host runs, under the folders that `serve --root` names. */

/** A served folder, and one beside it that is not served, with links from the first into the second. */
async function makeFolders(parent: string): Promise<{ served: string; secret: string }> {
  const served = await mkdtemp(join(parent, 'served-'))
  const secret = await mkdtemp(join(parent, 'secret-'))
  await mkdir(join(served, 'measures'))
  await mkdir(join(served, '.git'))
  await writeFile(join(served, 'measures', 'heights.txt'), '1.5\n2.5\n6\n')
  await writeFile(join(served, '.env'), 'PASSWORD=1\n')
  await writeFile(join(secret, 'diary.txt'), 'dear diary\n')
  await symlink(join(secret, 'diary.txt'), join(served, 'way-out.txt'))
  await symlink(secret, join(served, 'way-out'))
  await symlink(join(served, 'measures', 'heights.txt'), join(served, 'way-within.txt'))
  return { served, secret }
}

function offered(page: Page): Locator {
  return page.getByRole('dialog').getByRole('listitem')
}

test('a listed file is chosen, run and shows its result; what leads out of the served folders is not offered', async ({
  page,
  mill,
}, info) => {
  const { served } = await makeFolders(mill.folder)
  await mill.stop()
  await openDashboard(page, await mill.start('--root', served))
  await page.getByRole('link', { name: 'New job' }).click()
  await page.getByRole('button', { name: 'Browse folders of the host…' }).click()
  await expect(offered(page), 'the served folder and no other').toHaveText([/Open folder served-/])
  await page.getByRole('button', { name: /^Open folder served-/ }).click()
  await expect(offered(page)).toHaveText([/Open folder measures$/, /Add way-within\.txt/])
  await info.attach('picker', { body: await page.screenshot(), contentType: 'image/png' })

  await page.getByRole('button', { name: 'Open folder measures' }).click()
  await page.getByRole('button', { name: 'Up', exact: true }).click()
  await page.getByRole('button', { name: 'Open folder measures' }).click()
  await page.getByRole('button', { name: 'Add heights.txt' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByText('text · UTF-8 · LF')).toBeVisible()
  await page.getByRole('radio', { name: /Compute with numbers/ }).press('Space')
  await page.getByRole('textbox', { name: 'Formula' }).fill('x * 2')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const line = await page.evaluate(() => navigator.clipboard.readText())
  expect(line).toContain(`gristmill run numbers ${join(served, 'measures', 'heights.txt')} -p 'formula=x * 2'`)
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(stateOf(page, 'succeeded')).toBeVisible()
  await expect(page.getByText('Sum', { exact: true }).locator('xpath=..')).toContainText('20')
  await expect(page.getByText(join(served, 'measures', 'heights.txt'))).toBeVisible()
})

test('without served folders there is nothing to browse', async ({ page, mill }) => {
  await openDashboard(page, mill.address)
  await page.getByRole('link', { name: 'New job' }).click()
  await expect(page.getByRole('button', { name: 'Add files…' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Browse folders of the host…' })).toBeHidden()
})

test('a page that makes up a path of its own is refused, whatever it calls it', async ({ page, context, mill }) => {
  const { served, secret } = await makeFolders(mill.folder)
  await mill.stop()
  await openDashboard(page, await mill.start('--root', served))
  const api = await pageClient(new URL(page.url()).origin, await context.cookies())
  const diary = join(secret, 'diary.txt')
  const replies = await Promise.all([
    api.datasets.list({ folder: secret }),
    api.datasets.list({ folder: join(served, '..') }),
    api.datasets.list({ folder: join(served, 'way-out') }),
    api.datasets.inspect({ sources: [{ type: 'listed', path: diary }] }),
    api.datasets.inspect({ sources: [{ type: 'listed', path: join(served, 'way-out.txt') }] }),
    api.datasets.inspect({ sources: [{ type: 'path', path: diary }] }),
    api.datasets.inspect({ sources: [{ type: 'spooled', path: diary, name: 'diary.txt' }] }),
  ])
  expect(replies.map((reply) => (reply.ok ? 'taken' : reply.error.code))).toEqual(replies.map(() => 'not-allowed'))
  const within = await api.datasets.inspect({
    sources: [{ type: 'listed', path: join(served, 'measures', 'heights.txt') }],
  })
  expect(within.ok, 'the same way with a path that was offered').toBe(true)
})

type LinkSocket = ConstructorParameters<typeof RPCLink>[0]['websocket']

/** What a script in the page could say: the contract over the page's connection, with the page's cookie. */
async function pageClient(origin: string, cookies: readonly Cookie[]): Promise<ContractRouterClient<Api>> {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/rpc`, { headers: { origin, cookie } })
  await once(socket, 'open')
  return createORPCClient(new RPCLink({ websocket: socket as LinkSocket }))
}
