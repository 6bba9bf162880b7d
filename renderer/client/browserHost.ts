import { createORPCClient, DynamicLink } from '@orpc/client'
import { refuse, succeed, type CommandResult } from '../../contract/commandError.ts'
import { commandLine, type CommandWords } from '../../contract/commandLine.ts'
import { connect, type Connection } from './connection.ts'
import type { ApiClient, Host } from './host.ts'
import { openSession } from './session.ts'
import { upload } from './uploads.ts'

/** The host as a browser reaches it: a cookie for a token, then one WebSocket; uploads and downloads over HTTP. */
export async function openBrowserHost(): Promise<Host> {
  await exchangeToken('')
  const connection = connect({
    openSocket: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/rpc`),
    isSessionOver,
    schedule(callback, ms) {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
    random: Math.random,
  })
  addEventListener('online', () => connection.retryNow())
  addEventListener('hashchange', (event) => void takeNewToken(event, connection))
  return {
    can: { pickFiles: false, realPaths: false, uploads: true, roots: true },
    api: createORPCClient<ApiClient>(new DynamicLink(() => connection.link())),
    connection: connection.state,
    retryNow: () => connection.retryNow(),
    bring: upload,
    copyCommand,
    files: null,
    artifactUrl: (jobId, name) => `/api/jobs/${encodeURIComponent(jobId)}/artifacts/${encodeURIComponent(name)}`,
  }
}

async function copyCommand(words: CommandWords): Promise<CommandResult<null>> {
  try {
    await navigator.clipboard.writeText(commandLine(words))
    return succeed(null)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    return refuse('unavailable', `cannot copy the line: ${error.message}`, 'select it and copy it yourself')
  }
}

/** A host that is away says nothing; one that was started again knows no cookie of the one before. */
async function isSessionOver(): Promise<boolean> {
  try {
    return (await fetch('/api/session')).status === 401
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** `fragment` is what stands in the address afterwards. */
function exchangeToken(fragment: string): Promise<'exchanged' | 'refused' | 'none'> {
  return openSession({
    fragment: location.hash,
    clearFragment: () => history.replaceState(null, '', location.pathname + location.search + fragment),
    post: (path, body) =>
      fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
}

/** A host that was started again has a new token. Its address opened in this page lets it in and leaves the screen as it was. */
async function takeNewToken(event: HashChangeEvent, connection: Connection): Promise<void> {
  const outcome = await exchangeToken(new URL(event.oldURL).hash)
  if (outcome === 'none') return
  dispatchEvent(new HashChangeEvent('hashchange', { oldURL: location.href, newURL: location.href }))
  connection.retryNow()
}
