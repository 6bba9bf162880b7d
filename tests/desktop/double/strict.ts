import { EventEmitter } from 'node:events'
import { isProxy } from 'node:util/types'

/** What every module of the double keeps to: what is not modelled throws by its name, and messages are cloned as Chromium does. */
export class NotModelled extends Error {
  constructor(what: string) {
    super(`double: ${what} is not modelled`)
  }
}

/** The object, but reading what it does not have throws, and so does setting anything. Pages get this function as text. */
export function strict<T extends object>(name: string, object: T): T {
  const refuse = (property: string | symbol): never => {
    throw new Error(`double: ${name}.${String(property)} is not modelled`)
  }
  return new Proxy(object, {
    get(target, property) {
      const isAsked = typeof property === 'string' && property !== 'then' && property !== 'toJSON'
      if (isAsked && !(property in target)) return refuse(property)
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (_target, property) => refuse(property),
  })
}

/** To listen to an event that the double never tells throws. */
export class Emitter extends EventEmitter {
  constructor(told: string) {
    super()
    this.on('newListener', (event: string) => {
      if (!told.split(' ').includes(event)) throw new NotModelled(`the event ${event}`)
    })
  }
  /** False when a listener has prevented what the event announces. */
  mayGoOn(event: string, details: object = {}): boolean {
    let prevented = false
    this.emit(event, { ...details, preventDefault: () => (prevented = true) })
    return !prevented
  }
}

/** Structured clone between processes (rule 4): no functions, no shared memory, and a Buffer arrives as a Uint8Array. */
export function cloneAcross<T>(value: T): T {
  try {
    if (!holdsShared(value, new Set())) return structuredClone(value)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
  throw new TypeError('An object could not be cloned.')
}

function holdsShared(value: unknown, seen: Set<unknown>): boolean {
  if (typeof value !== 'object' || value === null || isProxy(value) || seen.has(value)) return false
  seen.add(value)
  if (ArrayBuffer.isView(value)) return value.buffer instanceof SharedArrayBuffer
  return value instanceof SharedArrayBuffer || Object.values(value).some((part) => holdsShared(part, seen))
}

/** As JSON for the way into a page and out of it; what JSON would change without a word is refused. Pages get this as text. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    const isPlain = Array.isArray(part) || [Object.prototype, null].includes(Object.getPrototypeOf(part ?? {}))
    if (typeof part === 'function' || (typeof part === 'object' && !isPlain))
      throw new DOMException('An object could not be cloned.', 'DataCloneError')
    return part
  })
}
