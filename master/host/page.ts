import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

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
 * The dashboard's files by their URL path, listed once when the server starts. A request is looked up in this list as it stands, so no
 * spelling of a path leads anywhere else; links in the folder are not followed.
 */
export async function listStaticFiles(root: string): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>()
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const url = relative(root, path).split(sep).map(encodeURIComponent).join('/')
    files.set(`/${url}`, {
      mediaType: mediaTypes[extname(entry.name)] ?? 'application/octet-stream',
      immutable: url.startsWith('assets/'),
      read: () => readFile(path),
    })
  }
  const index = files.get('/index.html')
  if (index) files.set('/', index)
  return files
}

/** The page with its own nonce in it: styles that it makes carry it, and nothing else's do. */
export function withNonce(page: Buffer, nonce: string): Buffer {
  return Buffer.from(page.toString('utf8').replaceAll('__CSP_NONCE__', nonce))
}
