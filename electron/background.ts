import { app } from 'electron'
import { announceWaiting } from '../master/host/handover.ts'
import type { HomePaths } from '../master/host/home.ts'
import { isInUse, untilIdle } from '../master/host/idleWatch.ts'
import { waitForLock } from '../master/host/lock.ts'
import { openHere, type Places } from './openHere.ts'

/**
 * The app without a window: what a desktop host leaves behind when its window closes while jobs run. It waits for the lock, works off
 * what is there, makes way for whoever asks, and ends when nothing has been to do and nobody connected for a while.
 */
const waitingMs = 30_000
const idleMs = 20_000

export async function serveInBackground(places: Places, paths: HomePaths, version: string): Promise<void> {
  app.dock?.hide()
  announceWaiting()
  const lock = await waitForLock(paths.lock, { signal: AbortSignal.timeout(waitingMs) })
  // Whoever started it has led this to a log of the home.
  const tell = (sentence: string) => void process.stderr.write(`gristmill: ${sentence}\n`)
  const host = await openHere({ places, paths, mode: 'background', version, tell }, lock)
  const asked = Promise.withResolvers<void>()
  app.on('before-quit', (event) => {
    event.preventDefault()
    asked.resolve()
  })
  const stop = new AbortController()
  await Promise.race([asked.promise, host.closed, untilIdle(() => isInUse(host), idleMs, stop.signal)])
  stop.abort()
  await host.close('the background host has ended')
  app.exit(0)
}
