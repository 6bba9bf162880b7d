import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './steps.ts'

const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']
const rooms = [
  'bin',
  'contract',
  'datasets',
  'docs',
  'kinds',
  'master',
  'renderer',
  'resources',
  'scripts',
  'terminal',
  'tests',
  'workers',
]

/** Paths into the tree that a page names in code marks or links to, patterns and examples with a place to fill in left out. */
function namedPaths(page: string): string[] {
  const prose = page.replaceAll(/```[\s\S]*?```/g, '')
  const marked = [...prose.matchAll(/`([^`\s]+)`/g), ...prose.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path)
  return marked.filter((path) => rooms.includes(path.split('/')[0] ?? '') && path.includes('/') && !/[*<>…]/.test(path))
}

describe('the pages', () => {
  it.each(pages)('every file and folder that %s names is there', (page) => {
    const paths = namedPaths(readFileSync(join(root, page), 'utf8'))
    expect(paths).not.toEqual([])
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('a path that is not there is found', () => {
    const page = 'see `kinds/none/kind.ts`, `kinds/*/x.ts`, [it](docs/none.md), `plain` and ```\n`kinds/inBlock`\n```'
    expect(namedPaths(page)).toEqual(['kinds/none/kind.ts', 'docs/none.md'])
  })
})
