/* oxlint-disable typescript/no-unsafe-function-type */
/**
 * What runs inside Chromium, sent there as text: one half of contextBridge in the page's world, the other half and the preload's
 * `require` in a world of its own. Worlds share the document: DOM events are synchronous across them, and their `detail` is cloned.
 */
type Wire = (text: string) => void
interface Bridge {
  expose: (key: string, api: unknown) => void
}
type Packed = {
  fn?: string
  promise?: string
  error?: string
  list?: Packed[]
  fields?: [string, Packed][]
  value?: unknown
}

/** `me` is 'page' or 'preload', `secret` a name that only both halves of this window know. */
export function makeBridge(me: string, secret: string): Bridge {
  let count = 0
  const kept = new Map<string, Function | Promise<unknown>>()
  const other = me === 'page' ? 'preload' : 'page'
  const keep = (what: Function | Promise<unknown>): string => {
    const id = `${me}${++count}`
    kept.set(id, what)
    return id
  }
  const isPlain = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))
  const pack = (value: unknown): Packed => {
    if (typeof value === 'function') return { fn: keep(value) }
    if (value instanceof Promise) return { promise: keep(value) }
    if (value instanceof Error) return { error: value.message }
    if (Array.isArray(value)) return { list: value.map(pack) }
    if (isPlain(value)) return { fields: Object.entries(value).map(([key, part]) => [key, pack(part)]) }
    if (typeof value === 'symbol') throw new TypeError('An object could not be cloned.')
    return { value }
  }
  const unpack = (packed: Packed): unknown => {
    const { fn, promise, error, list, fields, value } = packed
    if (fn !== undefined) return (...args: unknown[]) => call(fn, args)
    if (promise !== undefined) return new Promise((resolve, reject) => void call(promise, [resolve, reject]))
    if (error !== undefined) return new Error(error)
    if (list !== undefined) return list.map(unpack)
    return fields === undefined
      ? value
      : Object.freeze(Object.fromEntries(fields.map(([key, part]) => [key, unpack(part)])))
  }
  const fire = (detail: unknown): unknown => {
    let answer: { threw?: string; packed?: Packed } | null = null
    const take = (event: Event) => {
      answer = (event as CustomEvent<typeof answer>).detail
    }
    document.addEventListener(`${secret}-answer`, take, { once: true })
    document.dispatchEvent(new CustomEvent(`${secret}-${other}`, { detail }))
    document.removeEventListener(`${secret}-answer`, take)
    const given = answer as { threw?: string; packed?: Packed } | null
    if (given === null) throw new Error('double: the other world did not answer')
    if (given.threw !== undefined) throw new Error(given.threw)
    return unpack(given.packed ?? {})
  }
  const call = (id: string, args: unknown[]): unknown => fire({ id, args: pack(args) })
  const obey = (detail: { id?: string; args?: Packed; key?: string; api?: Packed }): Packed => {
    if (detail.key !== undefined) {
      if (detail.key in window)
        throw new Error('Cannot bind an API on top of an existing property on the window object')
      Object.defineProperty(window, detail.key, { value: unpack(detail.api ?? {}), enumerable: true })
      return {}
    }
    const target = kept.get(detail.id ?? '')
    const args = unpack(detail.args ?? { list: [] }) as Function[]
    if (!(target instanceof Promise)) return pack(target?.(...args))
    target.then(args[0] as never, (reason: unknown) =>
      args[1]?.(reason instanceof Error ? reason : new Error(String(reason))),
    )
    return {}
  }
  document.addEventListener(`${secret}-${me}`, (event) => {
    let answer: { threw?: string; packed?: Packed }
    try {
      answer = { packed: obey((event as CustomEvent<object>).detail) }
    } catch (error) {
      answer = { threw: error instanceof Error ? error.message : String(error) }
    }
    document.dispatchEvent(new CustomEvent(`${secret}-answer`, { detail: answer }))
  })
  return { expose: (key, api) => void fire({ key, api: pack(api) }) }
}

/** The preload's `require` (rule 6). `wire` exists in its world only; what comes back arrives at `globalThis.doubleTake`. */
export function makeRequire(bridge: Bridge, wire: Wire): (name: string) => unknown {
  type Listener = (event: object, ...args: unknown[]) => void
  let count = 0
  const waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void; channel: string }
  >()
  const listeners = new Map<string, Set<Listener>>()
  const ports = new Map<number, MessagePort>()
  const paths = new Map<string, string>()
  const keyOf = (file: File) => `${file.name}:${file.size}:${file.lastModified}`
  const send = (message: unknown) => wire(JSON.stringify(message, refuse))
  function refuse(_key: string, part: unknown): unknown {
    const isPlain =
      typeof part !== 'object' ||
      part === null ||
      Array.isArray(part) ||
      Object.getPrototypeOf(part) === Object.prototype
    if (typeof part === 'function' || !isPlain)
      throw new DOMException('An object could not be cloned.', 'DataCloneError')
    return part
  }
  const take: Record<string, (message: never) => void> = {
    reply({ id, value, error }: { id: number; value: unknown; error?: string }) {
      const call = waiting.get(id)
      waiting.delete(id)
      if (error === undefined) call?.resolve(value)
      else call?.reject(new Error(`Error invoking remote method '${call.channel}': ${error}`))
    },
    event({ channel, args, portIds }: { channel: string; args: unknown[]; portIds: number[] }) {
      const given = portIds.map((id) => {
        const { port1, port2 } = new MessageChannel()
        ports.set(id, port1)
        port1.addEventListener('message', ({ data }) => send({ type: 'port', id, data }))
        port1.addEventListener('close', () => send({ type: 'portClosed', id }))
        port1.start()
        return port2
      })
      for (const listener of listeners.get(channel) ?? []) listener({ ports: given }, ...args)
    },
    port: ({ id, data }: { id: number; data: unknown }) => ports.get(id)?.postMessage(data),
    portClosed: ({ id }: { id: number }) => ports.get(id)?.close(),
    paths: ({ list }: { list: [string, string][] }) => list.forEach(([key, path]) => paths.set(key, path)),
  }
  Object.assign(globalThis, { doubleTake: (message: { type: string }) => take[message.type]?.(message as never) })
  const modelled = <T extends object>(name: string, object: T): T =>
    new Proxy(object, {
      get(target, property) {
        if (property in target || typeof property === 'symbol') return Reflect.get(target, property) as unknown
        throw new Error(`double: ${name}.${property} is not modelled`)
      },
    })
  const electron = modelled('electron', {
    contextBridge: modelled('contextBridge', { exposeInMainWorld: bridge.expose }),
    ipcRenderer: modelled('ipcRenderer', {
      send: (channel: string, ...args: unknown[]) => send({ type: 'send', channel, args }),
      invoke: (channel: string, ...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const id = ++count
          send({ type: 'invoke', id, channel, args })
          waiting.set(id, { resolve, reject, channel })
        }),
      on(channel: string, listener: Listener) {
        listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener))
      },
    }),
    webUtils: modelled('webUtils', {
      getPathForFile(file: unknown) {
        if (!(file instanceof File)) throw new TypeError('Argument must be a File')
        return paths.get(keyOf(file)) ?? ''
      },
    }),
  })
  const allowed = ['electron', 'electron/renderer', 'electron/common']
  return (name) => {
    if (allowed.includes(name)) return electron
    throw new Error(`module not found: ${name} (a sandboxed preload may require Electron only)`)
  }
}

const preloadWorld = (preload: string, secret: string): string => `{
  const require = (${makeRequire.toString()})((${makeBridge.toString()})('preload', '${secret}'), doubleWire)
  const module = { exports: {} }, exports = module.exports
  const process = { platform: '${process.platform}', type: 'renderer', sandboxed: true, contextIsolated: true, versions: {}, env: {} }
  ;(function () {\n${preload}\n})()
}`

/** Both scripts of a window, to be evaluated in every new document before its own. */
export function pageScripts(preload: string, secret: string): { page: string; preload: string } {
  return { page: `(${makeBridge.toString()})('page', '${secret}')`, preload: preloadWorld(preload, secret) }
}
