import { describe, expect, test } from 'vitest'
import { chooseDesktop, type Choice, type Surroundings } from './desktop.ts'

const program = '/opt/electron/electron'
const fetch = { installer: '/app/node_modules/electron/install.js', version: '45.4.1' }
const present = { found: true, program, version: '45.4.1' } as const
const absent = { found: false, why: 'Electron’s program has not been fetched', fetch } as const
const display = { DISPLAY: ':0' }

/** A person at a Linux desktop, with the program. */
const usual: Surroundings = {
  electron: present,
  platform: 'linux',
  env: display,
  root: false,
  terminal: true,
  fetchFailed: null,
}
const desktop: Choice = { open: 'desktop', program, flags: [], note: null }
const browser: Choice = { open: 'browser', why: absent.why, screen: true }

const table: [title: string, here: Partial<Surroundings>, choice: Partial<Choice>][] = [
  ['a program and a display open the desktop app', {}, desktop],
  ['Wayland alone is a display', { env: { WAYLAND_DISPLAY: 'wayland-0' } }, desktop],
  ['an empty DISPLAY is none', { env: { DISPLAY: '' } }, { open: 'browser', why: 'no display found', screen: false }],
  ['no display wins over a missing program: nothing is fetched', { electron: absent, env: {} }, { screen: false }],
  ['macOS needs no DISPLAY', { platform: 'darwin', env: {} }, desktop],
  ['Windows needs no DISPLAY', { platform: 'win32', env: {} }, desktop],
  ['root on Linux runs without the sandbox and is told', { root: true }, { open: 'desktop', flags: ['--no-sandbox'] }],
  ['root on macOS keeps the sandbox', { root: true, platform: 'darwin' }, desktop],
  ['a missing program is fetched where somebody sees it', { electron: absent }, { open: 'fetch' }],
  ['nothing is fetched where nobody sees it', { electron: absent, terminal: false }, browser],
  ['nothing is fetched in CI', { electron: absent, env: { ...display, CI: 'true' } }, browser],
  ['CI=false is no CI', { electron: absent, env: { ...display, CI: 'false' } }, { open: 'fetch' }],
  ['nothing is fetched when forbidden', { electron: absent, env: { ...display, GRISTMILL_NO_DOWNLOAD: '1' } }, browser],
  [
    'GRISTMILL_NO_DOWNLOAD=0 allows',
    { electron: absent, env: { ...display, GRISTMILL_NO_DOWNLOAD: '0' } },
    { open: 'fetch' },
  ],
  ['where fetching cannot help, it is not tried', { electron: { ...absent, fetch: null } }, browser],
  [
    'a fetch that failed is not tried again',
    { electron: absent, fetchFailed: 'no network' },
    { open: 'browser', why: 'no network' },
  ],
]

describe('how bare gristmill opens the app', () => {
  test.each(table)('%s', (_title, here, choice) => {
    expect(chooseDesktop({ ...usual, ...here })).toMatchObject(choice)
  })

  test('a fetch tells version, size and how to forbid it', () => {
    const choice = chooseDesktop({ ...usual, electron: absent })
    expect(choice).toMatchObject({ open: 'fetch', installer: fetch.installer })
    expect(choice.open === 'fetch' && choice.note).toMatch(/Electron 45\.4\.1 .*once.* 120 MB.*GRISTMILL_NO_DOWNLOAD=1/)
  })

  test('--no-sandbox never goes unsaid', () => {
    for (const [, here] of table) {
      const choice = chooseDesktop({ ...usual, ...here })
      if (choice.open === 'desktop' && choice.flags.length > 0) expect(choice.note).toContain('--no-sandbox')
    }
  })
})
