import { appendFileSync, existsSync, readFileSync, rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import { Emitter, notModelled } from './strict.ts'

/** `app`: readiness (rules 1 and 6), one instance per user data folder, quitting. */
const ready = Promise.withResolvers<void>()
let isReady = false
/** Called once the app's entry has been evaluated. */
export function openGate(): void {
  isReady = true
  ready.resolve()
}
export function beforeReady(what: string): void {
  if (isReady) throw new Error(`${what} should be called before app is ready`)
}
export function afterReady(what: string): void {
  if (!isReady) throw new Error(`${what} cannot be called before app is ready`)
}

/** Filled by the modules that own what ends with the app. */
export const windows = new Set<{ close: () => void }>()
export const atExit: (() => unknown)[] = []

class App extends Emitter {
  readonly isPackaged = false
  /** There on macOS only. */
  readonly dock = undefined
  #userData: string | null = null
  whenReady = () => ready.promise
  getAppPath = () => process.argv[1] ?? ''
  addRecentDocument(): void {}
  enableSandbox = () => beforeReady('app.enableSandbox()')
  setPath(name: string, path: string): void {
    if (name !== 'userData') throw notModelled(`the path ${name}`)
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`)
    this.#userData = path
  }
  /** There is a file while there is a first one; each later start adds a line. That a holder is killed is not modelled. */
  requestSingleInstanceLock(told: unknown): boolean {
    if (this.#userData === null) throw notModelled('one instance without a userData folder of its own')
    const file = join(this.#userData, 'starts')
    const isFirst = !existsSync(file)
    appendFileSync(file, isFirst ? '' : `${JSON.stringify([process.argv, process.cwd(), told])}\n`)
    if (isFirst) this.#hearStarts(file)
    return isFirst
  }
  #hearStarts(file: string, heard = 0): void {
    process.once('exit', () => rmSync(file))
    watch(file, { persistent: false }, () => {
      const lines = readFileSync(file, 'utf8').split('\n').slice(heard, -1)
      heard += lines.length
      for (const line of lines) this.emit('second-instance', {}, ...(JSON.parse(line) as unknown[]))
    })
  }
  quit(): void {
    if (!this.mayGoOn('before-quit')) return
    for (const window of windows) window.close()
    if (windows.size === 0) this.exit()
  }
  exit(code = 0): void {
    void Promise.allSettled(atExit.map((end) => end())).then(() => process.exit(code))
  }
}
const told = 'second-instance open-file activate before-quit window-all-closed web-contents-created child-process-gone'
export const app = new App('app', told)
process.on('SIGTERM', () => app.quit())
