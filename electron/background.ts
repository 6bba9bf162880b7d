import { app } from 'electron'
import { announceWaiting } from '../master/host/handover.ts'
import { isInUse, untilIdle } from '../master/host/idleWatch.ts'
import { waitForLock } from '../master/host/lock.ts'
import { openHere, type Opening } from './openHere.ts'

/**
 * The app without a window: what a desktop host leaves behind when its window closes while jobs run. It waits for the lock, works off
 * what is there, makes way for whoever asks, and ends when nothing has been to do and nobody connected for a while.
 */
const waitingMs = 30_000
const idleMs = 20_000

export async function serveInBackground(opening: Opening): Promise<void> {
  app.dock?.hide()
  announceWaiting()
  const lock = await waitForLock(opening.paths.lock, { signal: AbortSignal.timeout(waitingMs) })
  const host = await openHere(opening, lock)
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
