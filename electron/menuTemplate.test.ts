import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import { menuTemplate, type MenuState } from './menuTemplate.ts'

const nothing = {
  goTo: () => undefined,
  open: () => undefined,
  setKeepAwake: () => undefined,
  showHome: () => undefined,
}

function items(state: Partial<MenuState>): MenuItemConstructorOptions[] {
  const template = menuTemplate({ platform: 'linux', devTools: false, keepAwake: false, ...state }, nothing)
  const flat = (all: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    all.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])])
  return flat(template)
}

test('the menu bar has the roles that each system expects', () => {
  const roles = (state: Partial<MenuState>) => items(state).flatMap(({ role }) => role ?? [])
  expect(roles({ platform: 'darwin' })).toEqual(
    expect.arrayContaining(['appMenu', 'editMenu', 'windowMenu', 'close', 'recentDocuments', 'help']),
  )
  expect(roles({ platform: 'linux' })).toEqual(
    expect.arrayContaining(['editMenu', 'windowMenu', 'quit', 'about', 'help']),
  )
  expect(roles({ platform: 'linux' })).not.toContain('appMenu')
})

test('tools for developing are there while developing only', () => {
  expect(items({}).some(({ role }) => role === 'toggleDevTools')).toBe(false)
  expect(items({ devTools: true }).some(({ role }) => role === 'toggleDevTools')).toBe(true)
})

test('no two items have the same keys, and each one without a role does something', () => {
  const all = items({})
  const keys = all.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]))
  expect(new Set(keys).size).toBe(keys.length)
  for (const item of all)
    if (item.role === undefined && item.type !== 'separator' && item.submenu === undefined)
      expect(item.click).toBeTypeOf('function')
})

test('the wish to stay awake is shown as it stands', () => {
  const awake = (keepAwake: boolean) => items({ keepAwake }).find(({ id }) => id === 'keep-awake')?.checked
  expect([awake(true), awake(false)]).toEqual([true, false])
})
