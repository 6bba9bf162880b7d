import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeOwnFolder } from './ownFolder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-own-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('each home has its own, and a host without a window another one, all of them the person’s alone', () => {
  const home = join(folder, 'home')
  const window = makeOwnFolder({ home, background: false })
  const background = makeOwnFolder({ home, background: true })
  if (!window.ok || !background.ok) throw new Error('no folder was made')
  expect(window.value).not.toBe(background.value)
  for (const made of [home, window.value, background.value]) expect(statSync(made).mode & 0o777).toBe(0o700)
  expect(makeOwnFolder({ home, background: false })).toEqual(window)
})

test('a home that cannot be a folder is refused, with its name and what to do', () => {
  const home = join(folder, 'notes.txt')
  writeFileSync(home, '')
  expect(makeOwnFolder({ home, background: false })).toMatchObject({
    ok: false,
    error: { code: 'output-unwritable', message: expect.stringContaining(`cannot use ${home} as home folder`) },
  })
})

test.runIf(process.platform === 'linux')('a home where the system lets nobody make folders is refused at once', () => {
  expect(makeOwnFolder({ home: '/proc/gristmill', background: false })).toMatchObject({
    ok: false,
    error: { code: 'output-unwritable', message: expect.stringContaining('cannot use /proc/gristmill as home folder') },
  })
})
