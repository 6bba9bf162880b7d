import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findElectron } from './electronBinary.ts'

let root: string
const at = (name: string) => join(root, 'node_modules/electron', name)
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gristmill-binary-'))
  mkdirSync(at('dist'), { recursive: true })
  writeFileSync(at('package.json'), '{"version":"45.4.1"}')
})
afterEach(() => rmSync(root, { recursive: true }))

function download(version: string): void {
  writeFileSync(at('path.txt'), 'electron')
  writeFileSync(at('dist/version'), `v${version}\n`)
  writeFileSync(at('dist/electron'), '')
}

test('a download of the wanted version is found', () => {
  download('45.4.1')
  expect(findElectron(root, {})).toEqual({ path: at('dist/electron') })
})

test('what is not there, or of another version, is told with what to type', () => {
  expect(findElectron(root, {})).toEqual({ missing: expect.stringContaining('45.4.1 has not been downloaded') })
  download('44.0.0')
  expect(findElectron(root, {})).toEqual({ missing: expect.stringContaining('44.0.0 is there, and 45.4.1 is wanted') })
  expect(findElectron(join(root, 'elsewhere'), {})).toEqual({ missing: expect.stringContaining('npm ci') })
})

test('a folder that the person names goes before', () => {
  const other = join(root, 'other')
  mkdirSync(other)
  writeFileSync(join(other, 'electron'), '')
  expect(findElectron(root, { ELECTRON_OVERRIDE_DIST_PATH: other })).toEqual({ path: join(other, 'electron') })
})
