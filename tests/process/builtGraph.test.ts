import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { walk } from '../harness/importGraph.ts'

/** Walks the built modules by their imports: what each entry reaches is what it may need where it runs. */
const root = resolve(import.meta.dirname, '../..')
const built = join(root, 'out/main')
const entries = ['terminal', 'worker', 'compute', 'storeWriter', 'storeReader']
const ownNames = (packages: ReadonlySet<string>) => [...packages].filter((name) => !isBuiltin(name))

describe('the built graph', () => {
  it.each(entries)('%s reaches no Electron, only Node’s own modules and declared dependencies', (entry) => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object }
    const { packages } = walk(join(built, `${entry}.js`))
    expect([...packages].filter((name) => name === 'electron')).toEqual([])
    expect([...packages].filter((name) => !isBuiltin(name) && !(name in manifest.dependencies))).toEqual([])
  })

  it('control reaches no database, and compute loads one only for inputs that are databases', () => {
    expect([...walk(join(built, 'worker.js')).packages]).not.toContain('better-sqlite3')
    expect([...walk(join(built, 'compute.js'), { lazy: false }).packages]).not.toContain('better-sqlite3')
    expect([...walk(join(built, 'compute.js')).packages]).toContain('better-sqlite3')
  })

  it('the desktop’s main process reaches Electron, and of packages only declared dependencies', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object }
    const allowed = new Set(['electron', ...Object.keys(manifest.dependencies)])
    expect(ownNames(walk(join(built, 'index.js')).packages).filter((name) => !allowed.has(name))).toEqual([])
  })

  it('the preload is one file that requires Electron alone: a sandbox gives it nothing else', () => {
    const { files, packages } = walk(join(root, 'out/preload/index.cjs'))
    expect([files.size, [...packages]]).toEqual([1, ['electron']])
  })

  it('every file that is reached is there', () => {
    for (const entry of entries)
      for (const file of walk(join(built, `${entry}.js`)).files) expect(existsSync(file), file).toBe(true)
  })

  it('a package is found behind chunks, lazy imports, re-exports and require, whatever file of it is meant', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gristmill-graph-'))
    mkdirSync(join(folder, 'chunks'))
    writeFileSync(
      join(folder, 'entry.js'),
      "import './chunks/one.js'\nconst late = () => import('./chunks/two.js')\nexport { late }\n",
    )
    writeFileSync(join(folder, 'chunks/one.js'), "export { app } from 'electron/main'\nimport '../entry.js'\n")
    writeFileSync(join(folder, 'chunks/two.js'), "const { app } = require('@of/some/file.js')\nexport { app }\n")
    expect([...walk(join(folder, 'entry.js')).packages].sort()).toEqual(['@of/some', 'electron'])
    rmSync(folder, { recursive: true })
  })
})
