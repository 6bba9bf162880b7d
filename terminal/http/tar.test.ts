import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tarBytes, type TarFile, tarOf } from './tar.ts'

async function tarred(files: readonly TarFile[]): Promise<Buffer> {
  const blocks: Uint8Array[] = []
  for await (const block of tarOf(files)) blocks.push(block)
  return Buffer.concat(blocks)
}

test('tar takes out what was put in, long names too, and the length was known before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-tar-'))
  try {
    const names = ['a=1/part.csv', 'a=%C3%A9/part.csv', `a=${'x'.repeat(200)}/part.csv`, `${'y'.repeat(97)}.csv`]
    const files = names.map((name, at) => {
      const path = join(folder, `file${at}`)
      const bytes = [0, 512, 513, 100_000][at]!
      writeFileSync(path, 'abcdefg'.repeat(20_000).slice(0, bytes))
      return { name: `converted/${name}`, path, bytes, modifiedAt: 1_700_000_000_000 }
    })
    const tar = await tarred(files)
    expect(tar.length).toBe(tarBytes(files))
    writeFileSync(join(folder, 'all.tar'), tar)
    execFileSync('tar', ['xf', 'all.tar'], { cwd: folder })
    for (const { name, path } of files)
      expect(readFileSync(join(folder, name)).equals(readFileSync(path)), name).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('sizes beyond the old header have a header of their own', () => {
  const bytes = 9 * 1024 ** 3
  const file = { name: 'large', path: '', bytes, modifiedAt: 0 }
  expect(tarBytes([file])).toBe(3 * 512 + bytes + 2 * 512)
})

test('a file that becomes shorter breaks the stream off', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-tar-'))
  try {
    const path = join(folder, 'file')
    writeFileSync(path, 'abc')
    await expect(tarred([{ name: 'file', path, bytes: 10, modifiedAt: 0 }])).rejects.toThrow('has become shorter')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
