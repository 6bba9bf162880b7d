import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setInterval as every } from 'node:timers/promises'
import { tryHost, type HostConnection } from '../master/host/client.ts'
import { announceWaiting } from '../master/host/handover.ts'
import type { HomePaths } from '../master/host/home.ts'
import type { Host } from '../master/host/host.ts'
import { takeLock, waitForLock, type Lock } from '../master/host/lock.ts'
import { endHolder, standBy } from '../master/host/standby.ts'
import { openBrowser } from './browser.ts'
import type { Context } from './commandLine.ts'
import { exitCodes, Refusal, valueOf } from './exitCodes.ts'
import { loadHost, openHere, openHome } from './hostOptions.ts'
import { openDashboard, type Dashboard } from './http/server.ts'
import { makeIdleWatch } from './idleWatch.ts'

/** Being the home's host for as long as it is wanted, with the dashboard in a browser. */
export interface Serving {
  home: string
  /** After realpath. */
  roots: string[]
  /** 0 takes any free port. */
  port: number
  /** End when nothing is to do and nobody is connected. */
  background: boolean
  /** Wait for the lock for as long as it takes; `takeover` ends who holds it first. */
  standby: false | 'wait' | 'takeover'
  open: boolean
  context: Context
}

const idleMs = 20_000
const lookMs = 500
const waitingMs = 30_000

export async function serveDashboard(serving: Serving): Promise<void> {
  const { context } = serving
  if (!existsSync(join(context.places.renderer, 'index.html')))
    throw new Refusal('cannot open the dashboard: it is not built; run npm run build', exitCodes.failed)
  const paths = await openHome(serving.home)
  if (serving.background) announceWaiting()
  const lock = await takeItsLock(serving, paths)
  if (lock === null) return
  const mode = serving.background ? 'background' : 'serve'
  const host = await openHere({ paths, mode, roots: serving.roots, context }, lock)
  try {
    await serveHost(serving, host)
  } finally {
    await host.close('asked to end')
  }
}

/** Null when this process was asked to end before it had it. */
async function takeItsLock(serving: Serving, paths: HomePaths): Promise<Lock | null> {
  if (serving.standby !== false) return standByFor(paths, serving.standby, serving.context)
  return serving.background ? await waitInLine(paths) : await becomeMaster(paths)
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

/** Behind whoever holds the lock and is about to let go of it. */
async function waitInLine(paths: HomePaths): Promise<Lock> {
  try {
    return await waitForLock(paths.lock, { signal: AbortSignal.timeout(waitingMs) })
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TimeoutError')) throw error
    throw new Refusal(
      `cannot serve ${paths.home}: another process keeps its lock; end that one first`,
      exitCodes.failed,
    )
  }
}

/** A host that only works off jobs makes way; another one with a dashboard stays. */
async function becomeMaster(paths: HomePaths): Promise<Lock> {
  const lock = takeLock(paths.lock)
  if (lock !== null) return lock
  const reached = await tryHost(paths.socket)
  if (reached !== null) await askToMakeWay(valueOf(reached), paths)
  return waitInLine(paths)
}

async function askToMakeWay(connection: HostConnection, paths: HomePaths): Promise<void> {
  const { mode, pid } = connection.hello
  try {
    if (mode === 'serve' || mode === 'desktop')
      throw new Refusal(`cannot serve ${paths.home}: process ${pid} already does; use its window, or end it first`)
    valueOf(await connection.client.host.handOver({ reason: 'a dashboard was opened' }))
  } finally {
    connection.close()
  }
}

async function serveHost(serving: Serving, host: Host): Promise<void> {
  const { terminal, places } = serving.context
  const log = (line: string) => terminal.note(`gristmill: ${line}`)
  const dashboard = await openOnPort(serving.port, { renderer: places.renderer, host, log })
  const stop = new AbortController()
  const ends = [untilSignal(stop.signal), host.closed]
  if (serving.background) ends.push(untilIdle(host, dashboard, stop.signal))
  try {
    terminal.print(dashboard.url)
    if (serving.open && !(await openBrowser(dashboard.url)))
      log('cannot open a browser here; open this address yourself')
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

async function untilIdle(host: Host, dashboard: Dashboard, stop: AbortSignal): Promise<void> {
  const watch = makeIdleWatch(idleMs)
  try {
    for await (const _ of every(lookMs, undefined, { signal: stop }))
      if (watch.look(host.busy || dashboard.pages > 0)) return
  } catch (error) {
    if (!stop.aborted) throw error
  }
}
