import { appendFileSync, existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { recorded } from './recorded.ts'
import { Emitter, NotModelled, strict } from './strict.ts'

/** `app`: readiness (rules 1 and 6), one instance per user data folder, quitting. */
const ready = Promise.withResolvers<void>()
let isReady = false
/** Called once the app's entry has been evaluated. */
export function openGate(): void {
  isReady = true
  ready.resolve()
  setImmediate(() => plain.emit('ready'))
}
export const beforeReady = (what: string): void => {
  if (isReady) throw new Error(`${what} should be called before app is ready`)
}
export const afterReady = (what: string): void => {
  if (!isReady) throw new Error(`${what} cannot be called before app is ready`)
}

/** Filled by the modules that own what ends with the app. */
export const atExit: (() => unknown)[] = []
/** Filled by browserWindow.ts. */
export const quitting = { closeWindows: (): boolean => true }

let userData: string | null = null
const fileOf = (name: string): string => {
  if (userData === null) throw new NotModelled('one instance without a userData folder of its own')
  return join(userData, name)
}
/** False for a folder whose holder was killed. */
function isHeld(file: string): boolean {
  try {
    return process.kill(Number(readFileSync(file, 'utf8')), 0)
  } catch {
    return false
  }
}
/** Each later start appends a line. */
function hearStarts(heard = 0): void {
  writeFileSync(fileOf('starts'), '')
  watch(fileOf('starts'), () => {
    const lines = readFileSync(fileOf('starts'), 'utf8').split('\n').slice(heard, -1)
    heard += lines.length
    for (const line of lines) plain.emit('second-instance', {}, ...(JSON.parse(line) as unknown[]))
  }).unref()
}

const events =
  'ready second-instance open-file activate before-quit will-quit quit window-all-closed web-contents-created child-process-gone'
class App extends Emitter {
  readonly isPackaged = false
  /** There on macOS only. */
  readonly dock = undefined
  whenReady = () => ready.promise
  getAppPath = () => process.argv[1] ?? ''
  addRecentDocument = (path: string) => void recorded.recentDocuments.push(path)
  enableSandbox(): void {
    beforeReady('app.enableSandbox()')
    recorded.sandbox = true
  }
  setPath(name: string, path: string): void {
    if (name !== 'userData') throw new NotModelled(`the path ${name}`)
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`)
    userData = path
  }
  requestSingleInstanceLock(told: unknown = {}): boolean {
    const holder = fileOf('instance')
    if (isHeld(holder)) {
      appendFileSync(fileOf('starts'), `${JSON.stringify([process.argv, process.cwd(), told])}\n`)
      return false
    }
    writeFileSync(holder, String(process.pid))
    atExit.push(() => rmSync(holder))
    hearStarts()
    return true
  }
  quit(): void {
    if (this.mayGoOn('before-quit') && quitting.closeWindows() && this.mayGoOn('will-quit')) this.exit()
  }
  exit(code = 0): void {
    this.emit('quit', {}, code)
    void Promise.allSettled(atExit.map((end) => end())).finally(() => process.exit(code))
  }
}

const plain = new App(events)
export const app = strict('app', plain)
export const tellApp = (event: string, details: object = {}): boolean => plain.emit(event, {}, details)
process.on('SIGTERM', () => plain.quit())
