import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findInputs } from './inputWords.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-inputs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function make(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), 'x')
  }
}

async function waysOf(...words: string[]): Promise<string[]> {
  const found = await findInputs(words.map((word) => join(folder, word)))
  return found.map(({ word, name }) => name ?? word.slice(folder.length + 1))
}

describe('a folder', () => {
  test('stands for the files in it and below, in natural order, without hidden ones', async () => {
    make('d/10.csv', 'd/2.csv', 'd/B.csv', 'd/a.csv', 'd/sub/1.csv', 'd/.hidden.csv', 'd/.git/config')
    expect(await waysOf('d')).toEqual(['d/2.csv', 'd/10.csv', 'd/a.csv', 'd/B.csv', 'sub/1.csv'])
  })

  test('without a file in it is refused', async () => {
    make('d/.hidden', 'd/sub/.hidden')
    await expect(waysOf('d')).rejects.toThrow(`cannot read ${join(folder, 'd')}: there is no file in it`)
  })

  test.skipIf(process.platform === 'win32')('gives its links to files, and nothing that is no file', async () => {
    make('d/a.csv')
    symlinkSync(join(folder, 'd/a.csv'), join(folder, 'd/link.csv'))
    symlinkSync(join(folder, 'd'), join(folder, 'd/round'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'd/broken'))
    execFileSync('mkfifo', [join(folder, 'd/pipe')])
    expect(await waysOf('d')).toEqual(['d/a.csv', 'd/link.csv'])
  })
})

describe('a pattern', () => {
  test('stands for the files that match, in natural order, without hidden ones', async () => {
    make('log/9.csv', 'log/10.csv', 'log/x.txt', 'log/.1.csv', 'log/folder.csv/in.txt')
    expect(await waysOf('log/*.csv')).toEqual(['log/9.csv', 'log/10.csv'])
    expect(await waysOf('log/.*.csv')).toEqual(['log/.1.csv'])
  })

  test('of folders tells files of one name apart', async () => {
    make('2024/data.csv', '2025/data.csv', '2025/.old/data.csv')
    expect(await waysOf('20*/data.csv')).toEqual(['2024/data.csv', '2025/data.csv'])
    expect(await waysOf('**/data.csv')).toEqual(['2024/data.csv', '2025/data.csv'])
  })

  test('that matches nothing is refused, and a file of that very name is taken', async () => {
    await expect(waysOf('*.csv')).rejects.toThrow('no file matches')
    make('[a].csv')
    expect(await waysOf('[a].csv')).toEqual(['[a].csv'])
  })
})

test('files, stdin and what jobs wrote stay as they are named, and a missing file is left to intake', async () => {
  make('a.csv')
  const words = [join(folder, 'a.csv'), '-', 'job:last/words.csv', join(folder, 'none.csv')]
  expect(await findInputs(words)).toEqual(words.map((word) => ({ word })))
})
