import { createORPCClient, DynamicLink } from '@orpc/client'
import { connect } from './connection.ts'
import type { ApiClient, Host } from './host.ts'
import { openSession } from './session.ts'
import { upload } from './uploads.ts'

/** The host as a browser reaches it: a cookie for a token, then one WebSocket; uploads and downloads over HTTP. */
export async function openBrowserHost(): Promise<Host> {
  await openSession({
    fragment: location.hash,
    clearFragment: () => history.replaceState(null, '', location.pathname + location.search),
    post: (path, body) =>
      fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const connection = connect({
    openSocket: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/rpc`),
    schedule(callback, ms) {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
    random: Math.random,
  })
  addEventListener('online', () => connection.retryNow())
  return {
    can: { pickFiles: false, realPaths: false, uploads: true, roots: true },
    api: createORPCClient<ApiClient>(new DynamicLink(() => connection.link())),
    connection: connection.state,
    retryNow: connection.retryNow,
    bring: upload,
    artifactUrl: (jobId, name) => `/api/jobs/${encodeURIComponent(jobId)}/artifacts/${encodeURIComponent(name)}`,
  }
}
