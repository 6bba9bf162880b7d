import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterReady, beforeReady } from './app.ts'
import { type Call, cloneAcross, Emitter, notModelled, strict } from './strict.ts'

/** What the app gives away: handlers, each by its name and once, to `ipcMain`, `protocol` and `session`; and ports, to pages. */
export const handlers = new Map<string, Call>()
const take = (name: string, handler: Call): void => {
  if (handlers.has(name)) throw new Error(`Attempted to register a second handler for '${name}'`)
  handlers.set(name, handler)
}

export const ipcMain = strict('ipcMain', {
  handle: (channel: string, handler: Call) => take(`invoke ${channel}`, handler),
  on: (channel: string, handler: Call) => take(`send ${channel}`, handler),
})

const privileged = new Set<string>()
export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(list: { scheme: string }[]) {
    beforeReady('protocol.registerSchemesAsPrivileged')
    for (const { scheme } of list) privileged.add(scheme)
  },
  handle(scheme: string, handler: Call) {
    afterReady('protocol.handle')
    if (!privileged.has(scheme)) throw new Error(`double: ${scheme} is not registered as privileged`)
    take(`${scheme}:`, handler)
  },
})

/** The handlers of permissions that say no; without one of the three Electron says yes. */
export const refusing = new Set<string>()
const refuse = (name: string, granted: unknown): void => {
  if (granted !== false) throw notModelled('granting a permission')
  refusing.add(name)
}
const defaultSession = strict('session.defaultSession', {
  setPermissionRequestHandler: (ask: Call) => ask(null, 'media', (granted: unknown) => refuse('request', granted)),
  setPermissionCheckHandler: (check: Call) => refuse('check', check()),
  setDevicePermissionHandler: (check: Call) => refuse('device', check()),
  webRequest: strict('webRequest', { onBeforeRequest: (handler: Call) => take('request', handler) }),
})
export const session = strict('session', { defaultSession }, afterReady)

/** Node's own port behind each that has not been given away. */
const unsent = new Map<unknown, MessagePort>()
/** Out of the app's hands; Electron throws for anything but ports. */
export function takePort(port: unknown): MessagePort {
  const own = unsent.get(port)
  if (own === undefined || !unsent.delete(port)) throw new TypeError('Invalid value for transfer')
  return own
}

/** One end stays with the app, the other one can be given to a page and to nobody else. */
export class MessageChannelMain {
  readonly port1: Emitter
  readonly port2 = strict('a port for a page', {})
  constructor() {
    const { port1, port2 } = new MessageChannel()
    unsent.set(this.port2, port2)
    this.port1 = new Emitter('MessagePortMain', 'message close', {
      start: () => port1.on('message', (data: unknown) => this.port1.emit('message', { data, ports: [] })),
      close: () => port1.close(),
      postMessage: (data: unknown, transfer?: unknown[]) => port1.postMessage(cloneAcross(data, transfer)),
    })
    port1.on('close', () => this.port1.emit('close'))
  }
}
