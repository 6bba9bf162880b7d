import { app } from 'electron'
import { setInterval as every } from 'node:timers/promises'
import { announceWaiting } from '../master/host/handover.ts'
import type { HomePaths } from '../master/host/home.ts'
import type { Host } from '../master/host/host.ts'
import { makeIdleWatch } from '../master/host/idleWatch.ts'
import { waitForLock } from '../master/host/lock.ts'
import { openHere, type Places } from './openHere.ts'

/**
 * The app without a window: what a desktop host leaves behind when its window closes while jobs run. It waits for the lock, works off
 * what is there, makes way for whoever asks, and ends when it has been idle for a while.
 */
const waitingMs = 30_000
const idleMs = 20_000
const lookMs = 500

export async function serveInBackground(places: Places, paths: HomePaths, version: string): Promise<void> {
  app.dock?.hide()
  announceWaiting()
  const lock = await waitForLock(paths.lock, { signal: AbortSignal.timeout(waitingMs) })
  const host = await openHere({ places, paths, mode: 'background', version }, lock)
  const asked = Promise.withResolvers<void>()
  app.on('before-quit', (event) => {
    event.preventDefault()
    asked.resolve()
  })
  const stop = new AbortController()
  await Promise.race([asked.promise, host.closed, untilIdle(host, idleMs, stop.signal)])
  stop.abort()
  await host.close('the background host has ended')
  app.exit(0)
}

/** Resolves when nothing has been to do for `ms` without a break, or when the signal says so. */
export async function untilIdle(host: Pick<Host, 'busy'>, ms: number, signal: AbortSignal): Promise<void> {
  const watch = makeIdleWatch(ms)
  try {
    for await (const _ of every(lookMs, undefined, { signal })) if (watch.look(host.busy)) return
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
