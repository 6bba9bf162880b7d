import { expect, test } from 'vitest'
import { readLaunch, secondStartSchema } from './launchOptions.ts'

const start = (args: string[], env: NodeJS.ProcessEnv = {}) => readLaunch({ args, cwd: '/work', env })

test('files are taken relative to where the start was made', () => {
  expect(start(['a.txt', '/data/b.txt'], { GRISTMILL_HOME: '/home' })).toEqual({
    home: '/home',
    files: ['/work/a.txt', '/data/b.txt'],
    background: false,
  })
})

test('--home goes before GRISTMILL_HOME, and switches of Chromium are passed over', () => {
  const launch = start(['--no-sandbox', '--home', 'mill', '--background', '--lang=de'], { GRISTMILL_HOME: '/home' })
  expect(launch).toEqual({ home: '/work/mill', files: [], background: true })
})

test('an empty GRISTMILL_HOME counts as none', () => {
  expect(start([], { GRISTMILL_HOME: '' }).home).toMatch(/gristmill/i)
})

test('what a second start tells is taken only in its form', () => {
  expect(secondStartSchema.safeParse({ files: ['/a'] }).success).toBe(true)
  for (const told of [null, {}, { files: 'x' }, { files: [1] }, { files: [], more: 1 }])
    expect(secondStartSchema.safeParse(told).success).toBe(false)
})
