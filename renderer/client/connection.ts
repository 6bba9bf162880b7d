import type { ClientContext } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ConnectionState } from './host.ts'

/**
 * Owns the one WebSocket to the host and opens it again, with growing pauses, whenever it is lost.
 * It knows nothing of what travels over it.
 */
export type Socket = Pick<WebSocket, 'addEventListener' | 'removeEventListener' | 'send' | 'readyState' | 'close'>
export type Link = RPCLink<ClientContext>

export interface ConnectionOptions {
  openSocket: () => Socket
  /** Asks the host, where one answers, whether it knows this page no more: then only its new address helps. Absent: that cannot be. */
  isSessionOver?: () => Promise<boolean>
  /** Calls back once after `ms`; the answer calls it off. */
  schedule: (callback: () => void, ms: number) => () => void
  /** 0 to 1, so that many windows do not come back in the same instant. */
  random: () => number
}

export interface Connection {
  readonly state: StoreApi<ConnectionState>
  /** The link of the open socket; waits for the next one while there is none. */
  link: () => Promise<Link>
  retryNow: () => void
  close: () => void
}

const firstPauseMs = 250
const longestPauseMs = 5_000
/** A page that was never let in says so after this many tries instead of claiming to be merely away. */
const triesBeforeRefused = 3

export function pauseMs(tries: number, random: number): number {
  const full = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, tries - 1))
  return Math.round(full * (0.5 + random / 2))
}

/** That the session is over stays so until a socket opens: by the new address, in this page or in another of the same browser. */
function stateAfterLoss(before: ConnectionState, wasOpen: boolean): ConnectionState {
  const tries = before.tries + 1
  if (before.status === 'ended' || before.status === 'refused') return { status: before.status, tries }
  if (wasOpen) return { status: 'away', tries }
  return { status: tries < triesBeforeRefused ? 'connecting' : 'refused', tries }
}

export function connect(options: ConnectionOptions): Connection {
  const state = createStore<ConnectionState>(() => ({ status: 'connecting', tries: 0 }))
  const waiting: ((link: Link) => void)[] = []
  let current: Link | null = null
  let socket: Socket | null = null
  let wasOpen = false
  let closed = false
  /** Calls off the planned try; null while a socket is opening or open. */
  let callOff: (() => void) | null = null

  function opened(opening: Socket) {
    current = new RPCLink({ websocket: opening })
    wasOpen = true
    state.setState({ status: 'open', tries: 0 })
    for (const resolve of waiting.splice(0)) resolve(current)
  }

  function lost() {
    current = null
    if (closed) return
    const next = stateAfterLoss(state.getState(), wasOpen)
    state.setState(next)
    callOff = options.schedule(open, pauseMs(next.tries, options.random()))
    void askWhy(next.tries)
  }

  /** A WebSocket does not tell why it was refused. */
  async function askWhy(tries: number) {
    if (options.isSessionOver === undefined || !(await options.isSessionOver())) return
    const isNews = !closed && current === null && state.getState().tries === tries
    if (isNews) state.setState({ status: wasOpen ? 'ended' : 'refused', tries })
  }

  function open() {
    callOff = null
    const opening = options.openSocket()
    socket = opening
    opening.addEventListener('open', () => opened(opening))
    opening.addEventListener('close', lost)
  }

  open()
  return {
    state,
    link: () => (current === null ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(current)),
    retryNow() {
      if (callOff === null || closed) return
      callOff()
      open()
    },
    close() {
      closed = true
      callOff?.()
      socket?.close()
    },
  }
}
