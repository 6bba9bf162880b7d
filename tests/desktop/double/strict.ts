import { isProxy } from 'node:util/types'

/** Rules that every module of the double keeps: what is not modelled throws, and messages are cloned as Chromium clones them. */
export class NotModelled extends Error {
  constructor(what: string) {
    super(`double: ${what} is not modelled`)
  }
}

/** The object, but reading what it does not have throws. `absent` are properties that are rightly undefined. */
export function strict<T extends object>(name: string, object: T, absent: readonly string[] = []): T {
  return new Proxy(object, {
    get(target, property) {
      if (property in target) {
        const value: unknown = Reflect.get(target, property, target)
        return typeof value === 'function' && !String(value).startsWith('class ') ? value.bind(target) : value
      }
      if (typeof property === 'symbol' || property === 'then' || property === 'toJSON' || absent.includes(property))
        return undefined
      throw new NotModelled(`${name}.${property}`)
    },
    set(_target, property) {
      throw new NotModelled(`setting ${name}.${String(property)}`)
    },
  })
}

/** Structured clone between processes (rule 4): no functions, no shared memory, and a Buffer arrives as a Uint8Array. */
export function cloneAcross<T>(value: T): T {
  if (holdsShared(value, new Set())) throw new TypeError('An object could not be cloned.')
  try {
    return structuredClone(value)
  } catch {
    throw new TypeError('An object could not be cloned.')
  }
}

function holdsShared(value: unknown, seen: Set<object>): boolean {
  if (typeof value !== 'object' || value === null || isProxy(value) || seen.has(value)) return false
  seen.add(value)
  if (value instanceof SharedArrayBuffer) return true
  if (ArrayBuffer.isView(value)) return value.buffer instanceof SharedArrayBuffer
  return Object.values(value).some((part) => holdsShared(part, seen))
}

/** As JSON for the page's side of the wire; what JSON would change without a word is refused. */
export function encode(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) => {
      const isPlain =
        typeof part !== 'object' ||
        part === null ||
        Array.isArray(part) ||
        Object.getPrototypeOf(part) === Object.prototype
      if (!isPlain || typeof part === 'bigint' || typeof part === 'function')
        throw new NotModelled(`sending a ${typeof part} of its own kind to a page`)
      return part
    }) ?? 'null'
  )
}
