import { setTimeout as wait } from 'node:timers/promises'
import { succeed, type CommandResult } from '../../contract/commandError.ts'
import { nobodyAnswers, tryHost, type HostConnection } from './client.ts'
import { readHolder } from './holder.ts'
import type { HomePaths } from './home.ts'
import type { ApiClient, Host } from './host.ts'
import { takeLock, type Lock } from './lock.ts'

/**
 * Finds the home's master: this process, when the lock is free, or the one that holds it, as its client. Which of the two it is makes
 * no difference to what a command then does.
 */

export interface ReachOptions {
  paths: Pick<HomePaths, 'lock' | 'socket'>
  /** Opens the master here. The host releases the lock when it closes. */
  openHere: (lock: Lock) => Promise<Host>
  /** How long a held lock without anybody who answers is waited for. */
  patienceMs?: number
}

export interface Session {
  client: ApiClient
  /** The host, when it is this process that is the master. */
  owned: Host | null
  /** True from the moment in which the host is gone: calls that waited have failed for it, not for what they asked. */
  readonly lost: boolean
  /** Ends the connection to a host elsewhere; an owned host is closed by its owner. */
  close(): void
}

const retryMs = 50
const defaultPatienceMs = 5000

export async function reachHost(options: ReachOptions): Promise<CommandResult<Session>> {
  const patienceMs = options.patienceMs ?? defaultPatienceMs
  const deadline = performance.now() + patienceMs
  for (;;) {
    const lock = takeLock(options.paths.lock)
    if (lock !== null) return succeed(await openOwn(lock, options.openHere))
    const connection = await tryHost(options.paths.socket)
    if (connection !== null) return connection.ok ? succeed(sessionOver(connection.value)) : connection
    if (performance.now() >= deadline) {
      const pid = readHolder(options.paths.lock)?.pid
      return nobodyAnswers(options.paths.socket, patienceMs, pid)
    }
    await wait(retryMs)
  }
}

async function openOwn(lock: Lock, openHere: ReachOptions['openHere']): Promise<Session> {
  try {
    const host = await openHere(lock)
    let lost = false
    const noteEnd = () => {
      lost = true
    }
    host.closed.then(noteEnd, noteEnd)
    return {
      client: host.client({ trust: 'person' }),
      owned: host,
      get lost() {
        return lost
      },
      close: () => undefined,
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Over a connection to a host in another process. */
export function sessionOver(connection: HostConnection): Session {
  return {
    client: connection.client,
    owned: null,
    get lost() {
      return !connection.open
    },
    close: () => connection.close(),
  }
}
