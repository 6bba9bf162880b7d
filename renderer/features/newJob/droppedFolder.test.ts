import { describe, expect, it } from 'vitest'
import { filesInFolder } from './droppedFolder.ts'

/** A folder as a browser gives it: entries in parts, files when asked. */
type Tree = { [name: string]: Tree | 'file' | 'unreadable' }

function entryOf(name: string, tree: Tree | 'file' | 'unreadable'): FileSystemEntry {
  const isDirectory = typeof tree === 'object'
  const common = { name, fullPath: `/${name}`, isDirectory, isFile: !isDirectory } as FileSystemEntry
  if (!isDirectory) {
    const file = (resolve: (file: File) => void, fail: (error: Error) => void) =>
      tree === 'file' ? resolve(new File(['x'], name)) : fail(new Error('gone'))
    return Object.assign(common, { file })
  }
  const parts = Object.entries(tree).map(([child, below]) => [entryOf(child, below)])
  const createReader = () => ({ readEntries: (give: (some: FileSystemEntry[]) => void) => give(parts.shift() ?? []) })
  return Object.assign(common, { createReader })
}

const namesIn = async (tree: Tree) =>
  (await filesInFolder(entryOf('top', tree) as FileSystemDirectoryEntry)).map(({ name }) => name)

describe('a dropped folder', () => {
  it('gives its files and those below in natural order, without hidden ones and what cannot be read', async () => {
    const tree: Tree = {
      '10.csv': 'file',
      sub: { 'z.csv': 'file' },
      '2.csv': 'file',
      '.git': { config: 'file' },
      gone: 'unreadable',
    }
    expect(await namesIn(tree)).toEqual(['2.csv', '10.csv', 'z.csv'])
  })

  it('is not read to its end when it has too many files, and gives none when it has none', async () => {
    const many: Tree = Object.fromEntries(Array.from({ length: 1100 }, (_, n) => [`${n}.csv`, 'file' as const]))
    expect((await namesIn(many)).length).toBe(1001)
    expect(await namesIn({ a: {}, '.b': 'file' })).toEqual([])
  })
})
