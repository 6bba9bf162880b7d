import { randomBytes } from 'node:crypto'
import { listStaticFiles, securityHeaders, withNonce, type StaticFile } from '../master/host/page.ts'

/**
 * The dashboard under `app://gristmill/`: the files of the built page, looked up in a list, each answer with the policy that says what
 * the page may do. Nothing else is under this scheme.
 */
export const appScheme = 'app'
export const appOrigin = `${appScheme}://gristmill`

/** What the scheme may do: `protocol.registerSchemesAsPrivileged`, before the app is ready. */
export const appSchemePrivileges: Electron.CustomScheme = {
  scheme: appScheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
}

export async function makeAppHandler(renderer: string): Promise<(request: Request) => Promise<Response>> {
  const files = await listStaticFiles(renderer)
  return async (request) => {
    const url = new URL(request.url)
    if (url.protocol !== `${appScheme}:` || url.host !== 'gristmill') return refuse(404)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405)
    const file = files.get(url.pathname)
    return file === undefined ? refuse(404) : await answer(file, request.method === 'HEAD')
  }
}

async function answer(file: StaticFile, headOnly: boolean): Promise<Response> {
  const nonce = randomBytes(16).toString('base64url')
  const content = await file.read()
  const body = file.mediaType.startsWith('text/html') ? withNonce(content, nonce) : content
  return new Response(headOnly ? null : new Uint8Array(body), {
    headers: {
      ...securityHeaders(nonce),
      'content-type': file.mediaType,
      ...(file.immutable ? { 'cache-control': 'public, max-age=31536000, immutable' } : {}),
    },
  })
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: securityHeaders('') })
}
