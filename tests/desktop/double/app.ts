import { appendFileSync, existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Emitter, notModelled, strict } from './strict.ts'

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
export const windows = new Set<{ close: () => void }>()
export const atExit: (() => unknown)[] = []
async function endAll(): Promise<void> {
  for (const end of atExit.toReversed()) await end()
}
/** What has been asked for every window. */
export const asked = { sandbox: false }

let userData: string | null = null
const fileOf = (name: string): string => {
  if (userData === null) throw notModelled('one instance without a userData folder of its own')
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

class App extends Emitter {
  readonly isPackaged = false
  /** There on macOS only. */
  readonly dock = undefined
  whenReady = () => ready.promise
  getAppPath = () => process.argv[1] ?? ''
  addRecentDocument = (_path: string) => undefined
  enableSandbox(): void {
    beforeReady('app.enableSandbox()')
    asked.sandbox = true
  }
  setPath(name: string, path: string): void {
    if (name !== 'userData') throw notModelled(`the path ${name}`)
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`)
    userData = path
  }
  requestSingleInstanceLock(told: unknown = {}): boolean {
    const holder = fileOf('instance')
    const isFirst = !isHeld(holder)
    if (isFirst) {
      writeFileSync(holder, String(process.pid))
      atExit.push(() => rmSync(holder))
      hearStarts()
    } else appendFileSync(fileOf('starts'), `${JSON.stringify([process.argv, process.cwd(), told])}\n`)
    return isFirst
  }
  quit(): void {
    if (!this.mayGoOn('before-quit')) return
    for (const window of windows) window.close()
    if (windows.size === 0 && this.mayGoOn('will-quit')) this.exit()
  }
  exit(code = 0): void {
    this.emit('quit', {}, code)
    void endAll().finally(() => process.exit(code))
  }
}

const plain = new App(
  'ready second-instance open-file activate before-quit will-quit quit window-all-closed web-contents-created child-process-gone',
)
export const app = strict('app', plain)
export const tellApp = (event: string, details: object = {}): boolean => plain.emit(event, {}, details)
process.on('SIGTERM', () => plain.quit())
