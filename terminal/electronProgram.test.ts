import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findElectron, type ElectronProgram } from './electronProgram.ts'

let folder = ''
const inPackage = (name: string) => join(folder, 'node_modules/electron', name)

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function writeProgram(path: string): void {
  write(path, '#!/bin/sh\n')
  chmodSync(path, 0o755)
}

function find(env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux'): ElectronProgram {
  return findElectron({ from: join(folder, 'out/main/terminal.js'), env, platform })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-electron-'))
  write(inPackage('package.json'), '{ "name": "electron", "version": "45.4.1", "main": "index.js" }')
  // Would end this test's process if it were ever loaded.
  write(inPackage('index.js'), 'process.exit(86)')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('looking for Electron’s program', () => {
  const fetch = () => ({ installer: inPackage('install.js'), version: '45.4.1' })

  test('a package without its program can fetch it', () => {
    expect(find()).toEqual({ found: false, why: 'Electron’s program has not been fetched', fetch: fetch() })
  })

  test('a fetched program of the package’s version is found', () => {
    write(inPackage('path.txt'), 'electron')
    write(inPackage('dist/version'), 'v45.4.1')
    writeProgram(inPackage('dist/electron'))
    expect(find()).toEqual({ found: true, program: inPackage('dist/electron'), version: '45.4.1' })
  })

  test('one of another version is not, and says both', () => {
    write(inPackage('path.txt'), 'electron')
    write(inPackage('dist/version'), '44.0.0')
    writeProgram(inPackage('dist/electron'))
    expect(find()).toEqual({
      found: false,
      why: 'Electron’s program is version 44.0.0, not 45.4.1',
      fetch: fetch(),
    })
  })

  test('a folder that lost its program is fetched anew', () => {
    write(inPackage('path.txt'), 'electron')
    write(inPackage('dist/version'), '45.4.1')
    expect(find()).toMatchObject({ found: false, fetch: fetch() })
  })

  test('ELECTRON_OVERRIDE_DIST_PATH needs no fetched one', () => {
    writeProgram(join(folder, 'mine/electron'))
    expect(find({ ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'mine') })).toMatchObject({
      found: true,
      program: join(folder, 'mine/electron'),
    })
  })

  test.each([
    ['darwin', 'Electron.app/Contents/MacOS/Electron'],
    ['win32', 'electron.exe'],
  ] as const)('on %s the program has the name that it has there', (platform, name) => {
    writeProgram(join(folder, 'mine', name))
    expect(find({ ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'mine') }, platform)).toMatchObject({ found: true })
  })

  test('an override without a program is told, and fetching would not help', () => {
    const found = find({ ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'none') })
    expect(found).toMatchObject({ found: false, fetch: null })
    expect(found.found ? '' : found.why).toContain('ELECTRON_OVERRIDE_DIST_PATH')
  })

  test('a tree without the package has nothing to fetch with', () => {
    rmSync(inPackage('.'), { recursive: true })
    expect(find()).toEqual({ found: false, why: 'Electron is not installed', fetch: null })
  })
})
