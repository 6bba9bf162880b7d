import { expect, test } from 'vitest'
import { ownArguments, readLaunch, secondStartSchema } from './launchOptions.ts'

const start = (args: string[], env: NodeJS.ProcessEnv = {}) => readLaunch({ args, cwd: '/desk', env })

test('files are taken relative to where the start was made', () => {
  expect(start(['a.txt', '/data/b.txt'], { GRISTMILL_HOME: '/home' })).toEqual({
    home: '/home',
    files: ['/desk/a.txt', '/data/b.txt'],
    background: false,
  })
})

test('--home goes before GRISTMILL_HOME, and switches of Chromium are passed over', () => {
  const launch = start(['--no-sandbox', '--home', 'mill', '--background', '--lang=de'], { GRISTMILL_HOME: '/home' })
  expect(launch).toEqual({ home: '/desk/mill', files: [], background: true })
})

test('files that a file manager names by URL are opened by their path', () => {
  expect(start(['file:///data/a%20b.txt', 'file:c']).files).toEqual(['/data/a b.txt', '/desk/file:c'])
})

test('our arguments stand behind the program, or behind the folder of an app that is not packaged', () => {
  expect(ownArguments(['/opt/Gristmill', 'a.txt'], true)).toEqual(['a.txt'])
  expect(ownArguments(['/bin/electron', '/src', 'a.txt', '--background'], false)).toEqual(['a.txt', '--background'])
  expect(ownArguments(['/bin/electron', '--inspect=0', '/src', '--no-sandbox', 'a'], false)).toEqual([
    '--no-sandbox',
    'a',
  ])
  expect(ownArguments(['/bin/electron', '/src'], false)).toEqual([])
})

test('an empty GRISTMILL_HOME counts as none', () => {
  expect(start([], { GRISTMILL_HOME: '' }).home).toMatch(/gristmill/i)
})

test('what a second start tells is taken only in its form', () => {
  expect(secondStartSchema.safeParse({ files: ['/a'] }).success).toBe(true)
  for (const told of [null, {}, { files: 'x' }, { files: [1] }, { files: [], more: 1 }])
    expect(secondStartSchema.safeParse(told).success).toBe(false)
})
