import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { hardenContents, hardenSession, isOwn, lockedPreferences, mayLoad } from './hardening.ts'

const own = 'app://gristmill'

test.each([
  ['app://gristmill/#/new', true],
  ['app://gristmill/index.html', true],
  ['app://elsewhere/', false],
  ['app://gristmill.elsewhere/', false],
  ['https://gristmill/', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['not a url', false],
])('%s is our own page: %s', (url, expected) => {
  expect(isOwn(url, own)).toBe(expected)
})

test('nothing is loaded from elsewhere, but for a development server that is named', () => {
  const urls = [
    'app://gristmill/',
    'blob:app://gristmill/1',
    'data:text/plain,x',
    'https://example.org/',
    'file:///etc/passwd',
    'ws://localhost:1/',
  ]
  expect(urls.map((url) => mayLoad(url, null))).toEqual([true, true, true, false, false, false])
  expect(mayLoad('http://localhost:5173/main.tsx', 'http://localhost:5173')).toBe(true)
  expect(mayLoad('http://localhost:5174/main.tsx', 'http://localhost:5173')).toBe(false)
})

test('a page has a sandbox, no Node, and developer tools only where they are asked for', () => {
  expect(lockedPreferences('/p.cjs', false)).toEqual({
    preload: '/p.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    spellcheck: false,
    devTools: false,
  })
  expect(lockedPreferences('/p.cjs', true).devTools).toBe(true)
})

test('every permission is refused, and every request to elsewhere cancelled', () => {
  const answers: unknown[] = []
  const note = (answer: unknown) => void answers.push(answer)
  type Ask = (contents: null, permission: string, answer: (granted: boolean) => void) => void
  type Request = (details: { url: string }, answer: (response: { cancel: boolean }) => void) => void
  hardenSession(
    {
      setPermissionRequestHandler: (handler: Ask) => handler(null, 'geolocation', note),
      setPermissionCheckHandler: (handler: () => boolean) => note(handler()),
      setDevicePermissionHandler: (handler: () => boolean) => note(handler()),
      webRequest: {
        onBeforeRequest: (handler: Request) => handler({ url: 'https://example.org/' }, note),
      },
    },
    null,
  )
  expect(answers).toEqual([false, false, false, { cancel: true }])
})

test('a page can neither leave, nor open a window, nor embed one', () => {
  const app = new EventEmitter()
  const lines: string[] = []
  hardenContents(app, own, (line) => lines.push(line))
  let openWindow: (details: { url: string }) => unknown = () => null
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: typeof openWindow) => (openWindow = handler),
  })
  app.emit('web-contents-created', {}, contents)
  const prevented = (name: string, url: string) => {
    let stopped = false
    contents.emit(name, { url, preventDefault: () => (stopped = true) })
    return stopped
  }
  for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
    expect(prevented(name, 'https://example.org/')).toBe(true)
    expect(prevented(name, 'app://gristmill/#/workers')).toBe(false)
  }
  expect(prevented('will-attach-webview', 'app://gristmill/')).toBe(true)
  expect(openWindow({ url: 'https://example.org/' })).toEqual({ action: 'deny' })
  expect(lines).toHaveLength(4)
})
