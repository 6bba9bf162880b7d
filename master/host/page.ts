import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

/**
 * The dashboard's page as both hosts serve it: its files, its nonce, and the headers that say what it may do. How a request arrives is
 * the host's to know.
 */

const mediaTypes: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

export interface StaticFile {
  mediaType: string
  /** Its name holds a digest of its content, so that it never changes. */
  immutable: boolean
  read(): Promise<Buffer>
}

/**
 * The dashboard's files by their URL path, listed once when the host starts. A request is looked up in this list as it stands, so no
 * spelling of a path leads anywhere else; links in the folder are not followed.
 */
export async function listStaticFiles(root: string): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>()
  await listFolder(files, root, '')
  const index = files.get('/index.html')
  if (index) files.set('/', index)
  return files
}

/** Folder by folder: inside an app's archive a recursive listing is not to be relied on. */
async function listFolder(files: Map<string, StaticFile>, folder: string, url: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const own = `${url}/${encodeURIComponent(entry.name)}`
    if (entry.isDirectory()) await listFolder(files, path, own)
    else if (entry.isFile())
      files.set(own, {
        mediaType: mediaTypes[extname(entry.name)] ?? 'application/octet-stream',
        immutable: own.startsWith('/assets/'),
        read: () => readFile(path),
      })
  }
}

/** The page with its own nonce in it: styles that it makes carry it, and nothing else's do. */
export function withNonce(page: Buffer, nonce: string): Buffer {
  return Buffer.from(page.toString('utf8').replaceAll('__CSP_NONCE__', nonce))
}

const policy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')

/** On every answer, errors too. `nonce` is the document's own; other answers have one that nothing uses. */
export function securityHeaders(nonce: string): Record<string, string> {
  return {
    'content-security-policy': policy(nonce),
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  }
}
