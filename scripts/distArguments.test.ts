import { expect, test } from 'vitest'
import { distArguments } from './distArguments.ts'

const never = ['--publish', 'never']

test('a homepage that is named goes into the packages, and every target is made', () => {
  const env = { GRISTMILL_HOMEPAGE: 'https://mill.test' }
  const named = [...never, '-c.extraMetadata.homepage=https://mill.test']
  expect(distArguments({ args: [], platform: 'linux', env })).toEqual({ args: named, note: null })
  expect(distArguments({ args: ['--linux', 'deb'], platform: 'linux', env }).args).toEqual([...named, '--linux', 'deb'])
})

test('without one Linux gets AppImages of both processors, and it is said why no deb', () => {
  const { args, note } = distArguments({ args: [], platform: 'linux', env: { GRISTMILL_HOMEPAGE: '' } })
  expect(args).toEqual([...never, '--linux', 'AppImage', '--x64', '--arm64'])
  expect(note).toContain('GRISTMILL_HOMEPAGE')
})

test('what was asked for by name is left to electron-builder, and other systems need no homepage', () => {
  expect(distArguments({ args: ['--linux', 'deb'], platform: 'linux', env: {} })).toEqual({
    args: [...never, '--linux', 'deb'],
    note: null,
  })
  expect(distArguments({ args: [], platform: 'win32', env: {} })).toEqual({ args: never, note: null })
})
