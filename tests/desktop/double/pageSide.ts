import { encode, strict } from './strict.ts'

/**
 * What runs inside Chromium, sent there as text: one half of contextBridge in the page's world, the other half and the preload's
 * `require` in a world of its own. Worlds share the document: its events are synchronous across them, and their `detail` is cloned.
 */
type Call = (...args: unknown[]) => unknown
type Packed = { call?: string; promise?: string; value?: unknown; threw?: string }
type Exposing = (key: string, api: object) => void

/** Values are cloned, functions and promises stay where they are and are called there. `secret` is known to both halves only. */
function makeBridge(me: 'page' | 'preload', secret: string): Exposing {
  const other = me === 'page' ? 'preload' : 'page'
  const kept = new Map<string, Call>()
  let answer: Packed | null = null
  const keep = (call: Call): string => {
    const id = `${me}${kept.size}`
    kept.set(id, call)
    return id
  }
  const pack = (value: unknown): Packed => {
    if (typeof value === 'function') return { call: keep(value as Call) }
    if (value instanceof Promise)
      return { promise: keep((resolve, reject) => void value.then(resolve as Call, reject as Call)) }
    return { value: structuredClone(value) }
  }
  const unpack = ({ call, promise, value }: Packed): unknown => {
    if (call !== undefined) return (...args: unknown[]) => ask(call, args)
    if (promise !== undefined) return new Promise((...settle) => void ask(promise, settle))
    return value
  }
  const say = (detail: object) => document.dispatchEvent(new CustomEvent(`${secret}${other}`, { detail }))
  const ask = (id: string, args: unknown[]): unknown => {
    say({ id, args: args.map(pack) })
    if (answer === null) throw new Error('double: the other world did not answer')
    if (answer.threw !== undefined) throw new Error(answer.threw)
    return unpack(answer)
  }
  const obey = (id: string, args: Packed[]): Packed => {
    try {
      return pack(kept.get(id)?.(...args.map(unpack)))
    } catch (error) {
      return { threw: error instanceof Error ? error.message : String(error) }
    }
  }
  document.addEventListener(`${secret}${me}`, (event) => {
    const told = (event as CustomEvent<Packed & { id?: string; args?: Packed[] }>).detail
    if (told.id === undefined) answer = told
    else say(obey(told.id, told.args ?? []))
  })
  kept.set('expose', (key, names, ...calls) => {
    const api = Object.fromEntries((names as string[]).map((name, index) => [name, calls[index]]))
    if (String(key) in window) throw new Error('Cannot bind an API on top of an existing property on the window object')
    Object.defineProperty(window, String(key), { value: Object.freeze(api), enumerable: true })
  })
  return (key, api) => void ask('expose', [key, Object.keys(api), ...Object.values(api)])
}

/** The preload's `require` (rule 6). `wire` exists in its world only; what comes back arrives at `doubleTake`. */
function makeRequire(expose: Exposing, wire: (text: string) => void): (name: string) => unknown {
  const waiting: { resolve: Call; reject: Call }[] = []
  const listeners = new Map<string, Call[]>()
  const ports = new Map<number, MessagePort>()
  const paths = new Map<string, string>()
  const send = (message: object) => wire(encode(message))
  const givePort = (port: number): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    ports.set(port, port1)
    port1.addEventListener('message', ({ data }) => send({ type: 'port', port, data: data as unknown }))
    port1.addEventListener('close', () => send({ type: 'port', port, closed: true }))
    port1.start()
    return port2
  }
  const take = {
    reply({ id, value, error }: { id: number; value?: unknown; error?: string }) {
      if (error === undefined) waiting[id]?.resolve(value)
      else waiting[id]?.reject(new Error(error))
    },
    event(told: { channel: string; args: unknown[]; ports: number[] }) {
      const event = { ports: told.ports.map(givePort) }
      for (const listener of listeners.get(told.channel) ?? []) listener(event, ...told.args)
    },
    port({ port, data, closed }: { port: number; data?: unknown; closed?: true }) {
      if (closed) ports.get(port)?.close()
      else ports.get(port)?.postMessage(data)
    },
    paths: ({ list }: { list: [string, string][] }) => list.forEach(([key, path]) => paths.set(key, path)),
  }
  const doubleTake = (message: { type: keyof typeof take }) => take[message.type](message as never)
  Object.assign(globalThis, { doubleTake })
  // The menu gets what the page has left.
  addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event
    const keys = { key, ctrlKey, metaKey, shiftKey, altKey }
    setTimeout(() => event.defaultPrevented || send({ type: 'keys', keys }))
  })
  send({ type: 'begin' })

  const electron = strict('electron', {
    contextBridge: strict('contextBridge', { exposeInMainWorld: expose }),
    ipcRenderer: strict('ipcRenderer', {
      send: (channel: string, ...args: unknown[]) => send({ type: 'call', channel, args }),
      invoke: (channel: string, ...args: unknown[]) =>
        new Promise((resolve, reject) => {
          send({ type: 'call', channel, args, id: waiting.push({ resolve, reject }) - 1 })
        }),
      on: (channel: string, listener: Call) =>
        void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    }),
    webUtils: strict('webUtils', {
      getPathForFile(file: unknown) {
        if (!(file instanceof File)) throw new TypeError('Argument must be a File')
        return paths.get(`${file.name}:${file.size}`) ?? ''
      },
    }),
  })
  return (name) => {
    if (['electron', 'electron/renderer', 'electron/common'].includes(name)) return electron
    throw new Error(`module not found: ${name} (a sandboxed preload may require Electron only)`)
  }
}

/** Both scripts of a window, to be evaluated in every new document before its own; a preload runs in the main frame only. */
export function pageScripts(preload: string, secret: string): { page: string; preload: string } {
  const process = { platform: globalThis.process.platform, type: 'renderer', sandboxed: true, versions: {}, env: {} }
  const parts = [makeBridge, makeRequire, strict, encode].map(String).join('\n')
  return {
    page: `(${makeBridge.toString()})('page', '${secret}')`,
    preload: `if (top === window) {
      ${parts}
      const require = makeRequire(makeBridge('preload', '${secret}'), doubleWire)
      const process = ${JSON.stringify(process)}, module = { exports: {} }, exports = module.exports
      ;(() => {\n${preload}\n})()
    }`,
  }
}
