import { EventEmitter } from 'node:events'
import { Deserializer, Serializer } from 'node:v8'

/** What every module keeps to: what is not modelled throws by its name, and what crosses processes is cloned as Chromium does. */
export const notModelled = (what: string): Error => new Error(`double: ${what} is not modelled`)
export type Call = (...args: unknown[]) => unknown

/** The object, but what it does not have can be neither read nor set. Pages get this function as text. `check` comes first. */
export function strict<T extends object>(name: string, object: T, check = (_asked: string): void => undefined): T {
  const having = (property: string | symbol): T => {
    check(`${name}.${String(property)}`)
    const isAsked = typeof property === 'string' && property !== 'then' && property !== 'toJSON'
    if (isAsked && !(property in object)) throw new Error(`double: ${name}.${property} is not modelled`)
    return object
  }
  return new Proxy(object, {
    get: (_, property, self): unknown => Reflect.get(having(property), property, self),
    set: (_, property, value, self) => Reflect.set(having(property), property, value, self),
  })
}

/** Strict, and to listen to an event that the double never tells throws too. */
export class Emitter extends EventEmitter {
  constructor(name: string, told: string, members: object = {}) {
    super()
    Object.assign(this, members)
    this.on('newListener', (event: string) => {
      if (!told.split(' ').includes(event)) throw notModelled(`the event ${event} of ${name}`)
    })
    return strict(name, this)
  }
  /** False when a listener has prevented what the event announces. */
  mayGoOn(event: string, details: object = {}): boolean {
    let prevented = false
    this.emit(event, { ...details, preventDefault: () => (prevented = true) })
    return !prevented
  }
}

/** Structured clone between processes (rule 4): no functions, no shared memory, and a Buffer arrives as a Uint8Array. */
export function cloneAcross(value: unknown, transfer: unknown[] = []): unknown {
  if (transfer.length > 0) throw notModelled('transferring to anything but a page')
  const writer = new Serializer()
  writer.writeHeader()
  writer.writeValue(value)
  const reader = new Deserializer(writer.releaseBuffer())
  reader.readHeader()
  return reader.readValue()
}

/** As JSON for the way into a page and out of it; what JSON would change without a word is refused. Pages get this as text. */
export function encode(value: unknown): string {
  return JSON.stringify(value, function check(this: object, key) {
    const part: unknown = Reflect.get(this, key)
    const isPlain = Array.isArray(part) || [Object.prototype, null].includes(Object.getPrototypeOf(part ?? {}))
    if (typeof part !== 'function' && (typeof part !== 'object' || isPlain)) return part
    throw new DOMException('An object could not be cloned.', 'DataCloneError')
  })
}
