import type { EventEmitter } from 'node:events'
import { invariant } from '../contract/invariant.ts'
import type { FromWorker } from '../contract/workerMessages.ts'

/** How a worker talks to the host that started it. This file alone knows how hosts start workers. */
export interface ParentChannel {
  post(message: FromWorker): void
  /** Messages are what the host sent, not yet looked at. */
  onMessage(listener: (message: unknown) => void): void
  /** The host is gone, or has let go of this worker. */
  onGone(listener: () => void): void
  /** Resolves when everything posted has left this process. */
  flushed(): Promise<void>
}

/** What Electron's utilityProcess gives its child in the place of `process.send`. */
interface UtilityPort extends EventEmitter {
  postMessage(message: unknown): void
}

export type HostProcess = Pick<NodeJS.Process, 'send' | 'on'> & { parentPort?: UtilityPort }

export function parentChannel(host: HostProcess): ParentChannel {
  return host.parentPort === undefined ? forkChannel(host) : utilityChannel(host.parentPort)
}

/** A child of child_process.fork. It would outlive a killed parent: hence `onGone`. */
function forkChannel(host: HostProcess): ParentChannel {
  invariant(host.send !== undefined, 'a worker is started by a host, never by itself')
  let onItsWay = 0
  let gone = false
  const waiting: (() => void)[] = []
  const settle = () => {
    if (onItsWay === 0 || gone) for (const resolve of waiting.splice(0)) resolve()
  }
  host.on('disconnect', () => {
    gone = true
    settle()
  })
  return {
    post(message) {
      if (gone) return
      onItsWay += 1
      // An error here means that the host is gone, which `disconnect` tells better.
      host.send?.(message, undefined, undefined, () => {
        onItsWay -= 1
        settle()
      })
    },
    onMessage: (listener) => void host.on('message', listener),
    onGone: (listener) => void host.on('disconnect', listener),
    flushed: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        settle()
      }),
  }
}

/** A utilityProcess dies with its host; its port takes what is posted at once. */
function utilityChannel(port: UtilityPort): ParentChannel {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', (event: { data: unknown }) => listener(event.data)),
    onGone: (listener) => void port.on('close', listener),
    flushed: () => new Promise((resolve) => void setImmediate(resolve)),
  }
}
