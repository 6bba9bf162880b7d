import type { Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesktopApi } from '../../contract/desktop.ts'
import { hostOf } from '../flows/home.ts'
import { expect, test } from './desktop.ts'

/** As a page may call what the bridge gives it, whatever its declarations say. */
type Call = (...args: unknown[]) => Promise<unknown>

interface Port {
  postMessage: (data: unknown) => void
}
declare global {
  interface Window {
    gristmill?: DesktopApi<File>
    /** A port that a test has taken for itself. */
    taken?: Port
    heard?: string[]
    /** Directives of the policy that something has run against. */
    found?: Set<string>
  }
}

/** Takes a port of the page's own, as a page that has been taken over could. */
async function takePort(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        addEventListener('message', ({ ports: [port] }) => {
          if (port === undefined) return
          const heard: string[] = []
          port.addEventListener('message', ({ data }) => heard.push(String(data)))
          port.start()
          Object.assign(window, { taken: port, heard })
          resolve()
        })
        window.gristmill?.connect()
      }),
  )
}

async function send(page: Page, ...messages: unknown[]): Promise<void> {
  await page.evaluate((all) => all.forEach((message) => window.taken?.postMessage(message)), messages)
}

const heard = (page: Page) => page.evaluate(() => (window.heard ?? []).join('\n'))

test('the page has the bridge’s functions and nothing of Node or Electron', async ({ desktop }) => {
  const page = await desktop.start()
  const seen = await page.evaluate(() => {
    const bridge = window.gristmill ?? {}
    const names = ['require', 'process', 'Buffer', 'module', 'global', 'ipcRenderer', 'electron', 'doubleWire']
    return {
      bridge: Object.keys(bridge).toSorted(),
      leaked: names.filter((name) => name in window),
      frozen: Object.isFrozen(bridge),
    }
  })
  expect(seen).toEqual({
    bridge: [
      'addFiles',
      'connect',
      'copyCommand',
      'info',
      'onFiles',
      'onGoTo',
      'openArtifact',
      'pickFiles',
      'revealArtifact',
    ],
    leaked: [],
    frozen: true,
  })
})

test('scripts, styles and connections that the policy does not name are blocked', async ({ desktop }) => {
  const page = await desktop.start()
  await page.evaluate(() => {
    const found = new Set<string>()
    Object.assign(window, { found })
    document.addEventListener('securitypolicyviolation', (event) => found.add(event.effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'window.inlineRan = true'
    const style = document.createElement('style')
    style.textContent = 'body { outline: 9px solid red }'
    const frame = document.createElement('iframe')
    frame.src = 'https://example.org/'
    document.body.append(script, style, frame)
    document.body.insertAdjacentHTML(
      'beforeend',
      '<img src="https://example.org/x.png" onerror="window.inlineRan = true">',
    )
    void fetch('https://example.org/').catch(() => null)
  })
  const directives = ['connect-src', 'frame-src', 'img-src', 'script-src-attr', 'script-src-elem', 'style-src-elem']
  await expect
    .poll(() => page.evaluate(() => [...(window.found ?? [])].toSorted()))
    .toEqual(expect.arrayContaining(directives))
  const effect = await page.evaluate(() => ({
    ran: 'inlineRan' in window,
    outlined: getComputedStyle(document.body).outlineWidth === '9px',
  }))
  expect(effect).toEqual({ ran: false, outlined: false })
  const evaluated = await page.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener('error', (event) => resolve(event.message))
        // Of the page's own accord: what a test evaluates may evaluate.
        setTimeout(() => resolve((Reflect.get(window, 'eval') as (text: string) => unknown)('2')))
      }),
  )
  expect(evaluated).toContain('unsafe-eval')
})

test('the page cannot leave, open windows, or gain a permission', async ({ desktop }) => {
  const page = await desktop.start()
  const before = page.url()
  await page.evaluate(() => {
    location.href = 'https://example.org/'
  })
  await page.evaluate(() => window.open('https://example.org/')).catch(() => null)
  const answers = await page.evaluate(async () => ({
    place: await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('given'),
        ({ code }) => resolve(code),
      ),
    ),
    notices: await Notification.requestPermission(),
  }))
  expect(answers).toEqual({ place: 1, notices: 'denied' })
  expect(page.url()).toBe(before)
  expect(await desktop.call('windows')).toBe(1)
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await expect
    .poll(() => readFileSync(join(desktop.home, 'logs/desktop.log'), 'utf8'))
    .toMatch(/kept from going to https:\/\/example\.org.*kept from opening https:\/\/example\.org/s)
})

test('nothing but the built page is under app://', async ({ desktop }) => {
  const page = await desktop.start()
  const statuses = await page.evaluate(async () => {
    const paths = [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/main/index.js',
      '//etc/passwd',
      '/',
    ]
    return await Promise.all(paths.map(async (path) => (await fetch(location.origin + path)).status))
  })
  expect(statuses).toEqual([404, 404, 404, 404, 404, 200])
})

test('a page names no path: only what the person chose can be read', async ({ desktop }) => {
  const page = await desktop.start()
  const made = await page.evaluate(async () => {
    const addFiles = Reflect.get(window.gristmill ?? {}, 'addFiles') as Call
    const file = await addFiles(new File(['x'], '/etc/passwd'))
    const text = await (async () => await addFiles('/etc/passwd'))().catch((error: Error) => error.message)
    return { file, text }
  })
  expect(made.file).toEqual([{ ok: false, name: 'passwd', message: 'passwd lies nowhere on this machine' }])
  expect(made.text).toContain('Argument must be a File')
  await takePort(page)
  const ask = (id: string, source: object) =>
    JSON.stringify({ i: id, p: { u: '/datasets/inspect', b: { json: { sources: [source] } } } })
  await send(page, ask('1', { type: 'path', path: '/etc/passwd' }))
  await send(
    page,
    ask('2', { type: 'listed', path: '/etc/passwd' }),
    ask('3', { type: 'upload', token: '/etc/passwd' }),
  )
  await send(page, JSON.stringify({ i: '4', p: { u: '/host/handOver', b: { json: { reason: 'x' } } } }))
  await expect.poll(() => heard(page)).toMatch(/cannot take a path from a page/)
  await expect.poll(() => heard(page)).toMatch(/not in a served folder/)
  await expect.poll(() => heard(page)).toMatch(/cannot find that upload/)
  await expect.poll(() => heard(page)).toMatch(/cannot end the host from a page/)
})

test('malformed and oversized messages are dropped; a page that sends many is cut off, and the host goes on', async ({
  desktop,
}) => {
  const page = await desktop.start()
  await takePort(page)
  const info = JSON.stringify({ i: '9', p: { u: '/host/info' } })
  await send(page, '{', 'x', '[]', '{"i":1}', '{"i":"1","p":{"u":"//","b":1}}', 7, null, { i: '1' }, info)
  await page.evaluate(() => window.taken?.postMessage('x'.repeat(17 * 1024 * 1024)))
  await expect.poll(() => heard(page)).toContain('"mode":"desktop"')
  await send(page, ...Array.from({ length: 120 }, () => 'noise'))
  await expect
    .poll(() => readFileSync(join(desktop.home, 'logs/desktop.log'), 'utf8'))
    .toContain('cut off after 100 malformed messages')
  await page.reload()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  expect((await hostOf(desktop.home))?.pid).toBe(desktop.pid)
})

test('calls of the bridge with arguments of another form are refused, and artifacts are known by name only', async ({
  desktop,
}) => {
  const page = await desktop.start()
  const said = await page.evaluate(async () => {
    const revealArtifact = Reflect.get(window.gristmill ?? {}, 'revealArtifact') as Call
    const openArtifact = Reflect.get(window.gristmill ?? {}, 'openArtifact') as Call
    const message = (error: Error) => error.message
    return [
      await revealArtifact({ path: '/etc' }, 1).catch(message),
      await openArtifact('x'.repeat(200), 'a').catch(message),
      await openArtifact('../..', '/etc/passwd'),
    ]
  })
  expect(said[0]).toContain('refused')
  expect(said[1]).toContain('refused')
  expect(said[2]).toMatchObject({ ok: false, error: { code: 'unknown-job' } })
  const { opened, revealed } = await desktop.call('recorded')
  expect([opened, revealed]).toEqual([[], []])
})
