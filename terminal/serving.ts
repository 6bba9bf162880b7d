import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { tryHost, type HostConnection } from '../master/host/client.ts'
import { announceWaiting, askToMakeWay } from '../master/host/handover.ts'
import type { HomePaths } from '../master/host/home.ts'
import type { Host } from '../master/host/host.ts'
import { isInUse, untilIdle } from '../master/host/idleWatch.ts'
import { takeLock, waitForLock, type Lock } from '../master/host/lock.ts'
import { endHolder, standBy } from '../master/host/standby.ts'
import { openBrowser } from './browser.ts'
import type { Context } from './commandLine.ts'
import { exitCodes, Refusal, valueOf } from './exitCodes.ts'
import { loadHost, openHere, openHome } from './hostOptions.ts'
import { openDashboard, type Dashboard, type DashboardOptions } from './http/server.ts'

/** Being the home's host for as long as it is wanted, with the dashboard in a browser. */
export interface Serving {
  home: string
  /** After realpath. */
  roots: string[]
  /** 0 takes any free port. */
  port: number
  /** A host in the background ends when for so long nothing was to do and nobody was connected; null stays. */
  endWhenIdleMs: number | null
  /** Wait for the lock for as long as it takes; `takeover` ends who holds it first. */
  standby: false | 'wait' | 'takeover'
  open: boolean
  context: Context
}

const waitingMs = 30_000

export async function serveDashboard(serving: Serving): Promise<void> {
  const { context } = serving
  if (!existsSync(join(context.places.renderer, 'index.html')))
    throw new Refusal('cannot open the dashboard: it is not built; run npm run build', exitCodes.failed)
  const paths = await openHome(serving.home)
  if (mayJoin(serving) && (await joinServed(paths, serving))) return
  const mode = serving.endWhenIdleMs === null ? 'serve' : 'background'
  if (mode === 'background') announceWaiting()
  const lock = await takeItsLock(serving, paths)
  if (lock === null) return
  const host = await openHere({ paths, mode, roots: serving.roots, context }, lock)
  try {
    await serveHost(serving, host)
  } finally {
    await host.close('asked to end')
  }
}

/** Whoever asks for nothing of its own is as well served by the host that runs. */
function mayJoin({ standby, endWhenIdleMs, port, roots }: Serving): boolean {
  return standby === false && endWhenIdleMs === null && port === 0 && roots.length === 0
}

/** Shows an address of the home's host, where one shows the dashboard already: each lets one browser in. False where none does. */
export async function joinServed(
  paths: LockAndSocket,
  { open, context: { terminal } }: Pick<Serving, 'open' | 'context'>,
): Promise<boolean> {
  const reached = await tryHost(paths.socket)
  if (reached?.ok !== true) return false
  const connection = reached.value
  const { client, hello } = connection
  try {
    if (hello.mode !== 'serve') return false
    const { url } = valueOf(await client.host.invite())
    terminal.note(`gristmill: process ${hello.pid} serves ${paths.home} already; this address lets one more browser in`)
    terminal.print(url)
    if (open) await showIn(valueOf(await client.host.invite()).url, terminal)
    return true
  } finally {
    connection.close()
  }
}

async function showIn(url: string, terminal: Context['terminal']): Promise<void> {
  if (!(await openBrowser(url))) terminal.note('gristmill: cannot open a browser here; open this address yourself')
}

/** Null when this process was asked to end before it had it. */
async function takeItsLock(serving: Serving, paths: HomePaths): Promise<Lock | null> {
  if (serving.standby !== false) return standByFor(paths, serving.standby, serving.context)
  return serving.endWhenIdleMs !== null ? await waitInLine(paths) : await becomeMaster(paths)
}

async function standByFor(paths: HomePaths, standby: 'wait' | 'takeover', { terminal }: Context): Promise<Lock | null> {
  const tell = (sentence: string) => terminal.note(`gristmill: ${sentence}`)
  if (standby === 'takeover') valueOf(await endHolder({ paths, tell }))
  const stop = new AbortController()
  const ended = untilSignal(stop.signal).then(() => stop.abort())
  try {
    await loadHost()
    return await standBy({ paths, tell, signal: stop.signal })
  } catch (error) {
    if (!stop.signal.aborted) throw error
    return null
  } finally {
    stop.abort()
    await ended
  }
}

type LockAndSocket = Pick<HomePaths, 'home' | 'lock' | 'socket'>

/** Behind whoever holds the lock and is about to let go of it. */
export async function waitInLine(paths: LockAndSocket, patienceMs = waitingMs): Promise<Lock> {
  try {
    return await waitForLock(paths.lock, { signal: AbortSignal.timeout(patienceMs) })
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TimeoutError')) throw error
    throw new Refusal(
      `cannot serve ${paths.home}: another process keeps its lock; end that one first`,
      exitCodes.failed,
    )
  }
}

/** A host that only works off jobs makes way; another one with a dashboard stays. */
export async function becomeMaster(paths: LockAndSocket): Promise<Lock> {
  const lock = takeLock(paths.lock)
  if (lock !== null) return lock
  const reached = await tryHost(paths.socket)
  if (reached !== null) await takeOverFrom(valueOf(reached), paths)
  return waitInLine(paths)
}

async function takeOverFrom(connection: HostConnection, paths: LockAndSocket): Promise<void> {
  const { mode, pid } = connection.hello
  try {
    if (mode === 'serve' || mode === 'desktop')
      throw new Refusal(
        `cannot serve ${paths.home}: process ${pid} already does; end that one first, or leave --port and --root out for another address of it`,
      )
    valueOf(await askToMakeWay(connection, { reason: 'a dashboard was opened', patienceMs: waitingMs }))
  } finally {
    connection.close()
  }
}

/** What of a host serving it sees. */
export type ServedHost = DashboardOptions['host'] & Pick<Host, 'busy' | 'clients' | 'closed' | 'inviteBy'>

/** Until a signal, until the host ends by itself, or, in the background, until it is idle for long enough. */
export async function serveHost(
  serving: Pick<Serving, 'port' | 'open' | 'endWhenIdleMs' | 'context'>,
  host: ServedHost,
): Promise<void> {
  const { terminal, places } = serving.context
  const log = (line: string) => terminal.note(`gristmill: ${line}`)
  const dashboard = await openOnPort(serving.port, { renderer: places.renderer, host, log })
  const stop = new AbortController()
  const ends = [untilSignal(stop.signal), host.closed]
  if (serving.endWhenIdleMs !== null)
    ends.push(untilIdle(() => isInUse(host) || dashboard.pages > 0, serving.endWhenIdleMs, stop.signal))
  try {
    host.inviteBy(() => dashboard.invite())
    terminal.print(dashboard.invite())
    if (serving.open) await showIn(dashboard.invite(), terminal)
    await Promise.race(ends)
  } finally {
    stop.abort()
    await dashboard.close()
  }
}

async function openOnPort(
  port: number,
  options: Omit<Parameters<typeof openDashboard>[0], 'port'>,
): Promise<Dashboard> {
  try {
    return await openDashboard({ ...options, port })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')))
      throw error
    throw new Refusal(`cannot listen on 127.0.0.1:${port}: ${error.message}; choose another --port`)
  }
}

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

async function untilSignal(stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const onSignal = () => resolve()
  for (const signal of endSignals) process.on(signal, onSignal)
  stop.addEventListener('abort', onSignal)
  await promise
  for (const signal of endSignals) process.off(signal, onSignal)
}
