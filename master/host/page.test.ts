import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listStaticFiles, securityHeaders, withNonce } from './page.ts'

test('the policy lets styles in by nonce only, and nothing from elsewhere', () => {
  const policy = securityHeaders('n0nce')['content-security-policy'] ?? ''
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'nonce-n0nce'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ])
})

test('files are known by their URL path as it stands; links are not followed', async () => {
  const root = mkdtempSync(join(tmpdir(), 'gristmill-page-'))
  mkdirSync(join(root, 'assets/deep er'), { recursive: true })
  writeFileSync(join(root, 'index.html'), '<meta content="__CSP_NONCE__">')
  writeFileSync(join(root, 'assets/deep er/a.js'), '1')
  symlinkSync('/etc/hostname', join(root, 'assets/link.txt'))
  const files = await listStaticFiles(root)
  expect([...files.keys()].toSorted()).toEqual(['/', '/assets/deep%20er/a.js', '/index.html'])
  expect(files.get('/assets/deep%20er/a.js')).toMatchObject({
    mediaType: 'text/javascript; charset=utf-8',
    immutable: true,
  })
  const page = (await files.get('/')?.read()) ?? Buffer.of()
  expect(withNonce(page, 'abc').toString()).toBe('<meta content="abc">')
  rmSync(root, { recursive: true })
})
