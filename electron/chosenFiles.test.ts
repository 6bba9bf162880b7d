import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openChosenFiles } from '../master/host/chosenFiles.ts'
import { chooseFiles, droppedFilesSchema, droppedFrom } from './chosenFiles.ts'

test('a file becomes a token and a name; folders, devices, missing and homeless files are refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-chosen-'))
  writeFileSync(join(folder, 'words.txt'), 'a b c')
  const chosen = openChosenFiles()
  const [file, ...others] = await chooseFiles(
    [
      ...droppedFrom([join(folder, 'words.txt'), folder, '/dev/null', join(folder, 'gone.txt')]),
      { path: '', name: 'clip.png' },
    ],
    chosen,
  )
  if (file?.ok !== true) throw new Error('the file was refused')
  expect(file).toEqual({ ok: true, token: expect.any(String), name: 'words.txt', bytes: 5 })
  expect(JSON.stringify(file)).not.toContain(folder)
  expect(chosen.find(file.token)?.path).toBe(join(folder, 'words.txt'))
  expect(others.map((other) => (other.ok ? 'taken' : other.message))).toEqual([
    expect.stringMatching(/ is a folder$/),
    'null is no file',
    'cannot read gone.txt: ENOENT',
    'clip.png lies nowhere on this machine',
  ])
  rmSync(folder, { recursive: true })
})

test('what the preload tells is taken only in its form', () => {
  expect(droppedFilesSchema.safeParse([{ path: '/a', name: 'a' }]).success).toBe(true)
  for (const told of ['/a', ['/a'], [{ path: 1, name: 'a' }], [{ path: '/a' }], [{ path: '/a', name: 'a', more: 1 }]])
    expect(droppedFilesSchema.safeParse(told).success).toBe(false)
})
