import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builderVersion, whyUnreachable } from './builder.ts'
import { root } from './steps.ts'

describe('fetching electron-builder', () => {
  it.each([
    ['npm error code ENOTFOUND\nnpm error network request to the registry failed', 'ENOTFOUND'],
    ['npm error code ENOTCACHED', 'ENOTCACHED'],
    ['npm error code ERR_SOCKET_TIMEOUT', 'ERR_SOCKET_TIMEOUT'],
  ])('a registry that cannot be reached is told by npm’s code', (told, why) => {
    expect(whyUnreachable({ signal: null, told })).toBe(why)
  })

  it('a registry that never answers is told too', () => {
    expect(whyUnreachable({ signal: 'SIGTERM', told: '' })).toBe('no answer in 90 s')
  })

  it('any other failure is a fault with npm’s own words, and no reason to skip', () => {
    const told = 'npm error code ETARGET\nnpm error notarget No matching version found for electron-builder@26.17.0'
    expect(() => whyUnreachable({ signal: null, told })).toThrow(told)
  })

  it('it is no dependency of ours, and the page about releases names the version in use', () => {
    const manifest = readFileSync(join(root, 'package.json'), 'utf8')
    expect(manifest).not.toContain('electron-builder')
    expect(readFileSync(join(root, 'docs/releasing.md'), 'utf8')).toContain(`electron-builder ${builderVersion}`)
  })
})
