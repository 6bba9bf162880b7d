import { type Call, encode, strict } from './strict.ts'

/**
 * What runs inside Chromium, sent there as text: one half of contextBridge in the page's world, the other half and the preload's
 * `require` in a world of its own. Worlds share the document: its events are synchronous across them, and their `detail` is cloned.
 */
type Packed = { call?: number; promise?: number; value?: unknown; threw?: string }

/** Values are cloned, functions and promises stay where they are and are called there. `secret` is known to both halves only. */
function makeBridge(me: 'page' | 'preload', secret: string): Call {
  const other = me === 'page' ? 'preload' : 'page'
  const answers: Packed[] = []
  const expose: Call = (key, names, ...calls) => {
    const api = Object.fromEntries((names as string[]).map((name, index) => [name, calls[index]]))
    if (String(key) in window) throw new Error('Cannot bind an API on top of an existing property on the window object')
    Object.defineProperty(window, String(key), { value: Object.freeze(api), enumerable: true })
  }
  const kept: Call[] = [expose]
  const keep = (call: Call): number => kept.push(call) - 1
  const pack = (value: unknown): Packed => {
    if (typeof value === 'function') return { call: keep(value as Call) }
    if (!(value instanceof Promise)) return { value: structuredClone(value) }
    return { promise: keep((resolve, reject) => void value.then(resolve as Call, reject as Call)) }
  }
  const unpack = ({ call, promise, value }: Packed): unknown => {
    if (call !== undefined) return (...args: unknown[]) => ask(call, args)
    return promise === undefined ? value : new Promise((...settle) => void ask(promise, settle))
  }
  const say = (detail: object) => document.dispatchEvent(new CustomEvent(`${secret}${other}`, { detail }))
  const ask = (id: number, args: unknown[]): unknown => {
    say({ id, args: args.map(pack) })
    const { threw = null, ...given } = answers.pop() ?? { threw: 'double: the other world did not answer' }
    if (threw !== null) throw new Error(threw)
    return unpack(given)
  }
  document.addEventListener(`${secret}${me}`, (event) => {
    const { id, args, ...answer } = (event as CustomEvent<Packed & { id?: number; args: Packed[] }>).detail
    try {
      if (id === undefined) answers.push(answer)
      else say(pack(kept[id]?.(...args.map(unpack))))
    } catch (error) {
      say({ threw: error instanceof Error ? error.message : String(error) })
    }
  })
  return (key, api) => void ask(0, [key, Object.keys(api as object), ...Object.values(api as object)])
}

/** The preload's `require` (rule 6). `wire` exists in its world only; what comes back, a name and more, arrives at `doubleTake`. */
function makeRequire(expose: Call, wire: (text: string) => void): (name: string) => unknown {
  const listeners = new Map<string, Call[]>()
  const hear = (name: string, call: Call): void => void listeners.set(name, [...(listeners.get(name) ?? []), call])
  const doubleTake = (name: string, ...told: unknown[]) => listeners.get(name)?.forEach((call) => call(...told))
  Object.assign(globalThis, { doubleTake })
  const send = (...message: unknown[]) => wire(encode(message))
  const givePort = (id: number): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    hear(`port ${id}`, (data) => port1.postMessage(data))
    hear(`portClosed ${id}`, () => port1.close())
    port1.addEventListener('message', ({ data }: MessageEvent<unknown>) => send('port', id, data))
    port1.start()
    return port2
  }
  const paths = new Map<string, string>()
  hear('path', (file, path) => paths.set(String(file), String(path)))
  // The menu gets what the page has left.
  addEventListener('keydown', (event) => {
    const command = navigator.platform.startsWith('Mac') ? event.metaKey : event.ctrlKey
    const parts = [command && 'CmdOrCtrl', event.altKey && 'Alt', event.shiftKey && 'Shift', event.key.toUpperCase()]
    setTimeout(() => event.defaultPrevented || send('keys', null, parts.filter(Boolean).join('+')))
  })
  send('begin', null)

  const electron = strict('electron', {
    contextBridge: strict('contextBridge', { exposeInMainWorld: expose }),
    ipcRenderer: strict('ipcRenderer', {
      send: (channel: string, ...args: unknown[]) => send(`send ${channel}`, null, ...args),
      invoke: (channel: string, ...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const id = listeners.size
          hear(`reply ${id}`, resolve)
          hear(`refusal ${id}`, (why) => reject(new Error(String(why))))
          send(`invoke ${channel}`, id, ...args)
        }),
      on: (channel: string, listener: Call) =>
        hear(`event ${channel}`, (ids, ...args) => listener({ ports: (ids as number[]).map(givePort) }, ...args)),
    }),
    webUtils: strict('webUtils', {
      getPathForFile(file: unknown) {
        if (!(file instanceof File)) throw new TypeError('Argument must be a File')
        return paths.get(`${file.name}:${file.size}`) ?? ''
      },
    }),
  })
  return (name) => {
    if (name === 'electron') return electron
    throw new Error(`module not found: ${name} (a sandboxed preload may require Electron only)`)
  }
}

/** Both scripts of a window, to be evaluated in every new document before its own; a preload runs in the main frame only. */
export function pageScripts(preload: string, worldName: string) {
  const secret = `double${crypto.randomUUID()}`
  const source = `if (top === window) {
    ${[makeBridge, makeRequire, strict, encode].join('\n')}
    const require = makeRequire(makeBridge('preload', '${secret}'), doubleWire)
    ;(() => {\n${preload}\n})()
  }`
  return [{ source: `(${makeBridge.toString()})('page', '${secret}')` }, { source, worldName }]
}
