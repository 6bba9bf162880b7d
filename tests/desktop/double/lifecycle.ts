import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recorded } from './recorded.ts'
import { strict } from './strict.ts'

/** `app`: readiness, one instance per user data folder, quitting. */
const gate = Promise.withResolvers<void>()
export const openGate = (): void => gate.resolve()
let isReady = false
export const beforeReady = (what: string): void => {
  if (isReady) throw new Error(`${what} should be called before app is ready`)
}
export const afterReady = (what: string): void => {
  if (!isReady) throw new Error(`${what} cannot be called before app is ready`)
}

interface Closable {
  close(): void
  isDestroyed(): boolean
}
/** Filled by the modules that own them, so that this one knows none of them. */
export const owned = {
  windows: new Set<Closable>(),
  kill: (): void => undefined,
  leaveBrowser: async (): Promise<void> => undefined,
}

const folders = new Map<string, string>()
let locked: string | null = null

class App extends EventEmitter {
  readonly isPackaged = false
  readonly commandLine = strict('app.commandLine', {})
  isReady = () => isReady
  whenReady = () => whenReady
  getVersion = () => '0.0.0'
  getName = () => 'gristmill'
  getAppPath = () => process.argv[1] ?? ''
  addRecentDocument = (path: string) => void recorded.recentDocuments.push(path)
  enableSandbox = () => {
    beforeReady('app.enableSandbox()')
    recorded.sandbox = true
  }
  setPath(name: string, path: string): void {
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`)
    folders.set(name, path)
  }
  getPath(name: string): string {
    const folder = folders.get(name) ?? mkdtempSync(join(tmpdir(), `double-${name}-`))
    folders.set(name, folder)
    return folder
  }
  requestSingleInstanceLock(told: unknown = {}): boolean {
    const folder = this.getPath('userData')
    if (holderOf(folder) !== null) {
      // Written beside and renamed, so that the first instance reads it whole.
      writeFileSync(join(folder, 'telling'), JSON.stringify({ argv: process.argv, cwd: process.cwd(), told }))
      renameSync(join(folder, 'telling'), join(folder, `told-${randomUUID()}`))
      return false
    }
    writeFileSync(join(folder, 'instance'), String(process.pid))
    locked = folder
    void whenReady.then(() => listenToStarts(folder))
    return true
  }
  quit(): void {
    if (!this.#asks('before-quit')) return
    for (const window of owned.windows) window.close()
    if (owned.windows.size > 0) return
    if (this.#asks('will-quit')) this.exit(0)
  }
  exit(code = 0): void {
    this.emit('quit', {}, code)
    owned.kill()
    if (locked !== null) rmSync(join(locked, 'instance'), { force: true })
    void owned.leaveBrowser().finally(() => process.exit(code))
  }
  #asks(event: string): boolean {
    let prevented = false
    this.emit(event, { preventDefault: () => (prevented = true) })
    return !prevented
  }
}

const plain = new App()
/** `dock` exists on macOS only. */
export const app = strict('app', plain, ['dock'])
const whenReady = becomeReady()
async function becomeReady(): Promise<void> {
  await gate.promise
  isReady = true
  setImmediate(() => plain.emit('ready', {}, {}))
}

/** The living process that holds the folder's lock. */
function holderOf(folder: string): number | null {
  mkdirSync(folder, { recursive: true })
  try {
    const pid = Number(readFileSync(join(folder, 'instance'), 'utf8'))
    process.kill(pid, 0)
    return pid
  } catch {
    return null
  }
}

function listenToStarts(folder: string): void {
  const read = () => {
    for (const name of readdirSync(folder).filter((each) => each.startsWith('told-'))) {
      const { argv, cwd, told } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        argv: string[]
        cwd: string
        told: unknown
      }
      rmSync(join(folder, name))
      plain.emit('second-instance', {}, argv, cwd, told)
    }
  }
  watch(folder, read).unref()
  read()
}

process.on('SIGTERM', () => plain.quit())
export const emitOnApp = (event: string, ...args: unknown[]): boolean => plain.emit(event, ...args)
