import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { isAbsolute, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterReady, emitOnApp, owned } from './lifecycle.ts'
import { requirePorts } from './ports.ts'
import { cloneAcross, NotModelled } from './strict.ts'

/** `utilityProcess`: a child of Node that is given what Electron gives (rules 2, 3 and 5), and no more. */
interface Options {
  env?: Record<string, string>
  execArgv?: string[]
  cwd?: string
  stdio?: string | string[]
  serviceName?: string
}

const taken =
  /^--(inspect(-brk|-port)?|diagnostic-dir|dns-result-order|(no|throw|trace)-deprecation|trace-warnings|no-experimental-global-navigator|experimental-transform-types)(=|$)/
const children = new Set<UtilityProcess>()
owned.kill = () => {
  for (const child of children) child.end()
}

function flagsOf(execArgv: readonly string[]): string[] {
  return execArgv.flatMap((flag) => {
    if (flag.startsWith('--js-flags=')) return flag.slice('--js-flags='.length).split(' ').filter(Boolean)
    if (!taken.test(flag)) throw new Error(`double: Electron drops ${flag} of a utility process without a word`)
    return [flag]
  })
}

function checkOptions(entry: string, { env, stdio }: Options): void {
  if (!isAbsolute(entry)) throw new Error('double: the entry of a utility process must be an absolute path')
  if (env !== undefined && Object.keys(env).length === 0) throw new Error('double: an empty env inherits everything')
  if (!Array.isArray(stdio) || stdio[0] !== 'ignore' || stdio[1] !== 'ignore')
    throw new NotModelled(`stdio ${String(stdio)}`)
}

class UtilityProcess extends EventEmitter {
  pid: number | undefined
  stdout: PassThrough | null = null
  stderr: PassThrough | null
  readonly #options: Options
  #child: ChildProcess | null = null
  #waiting: unknown[] = []
  #killed = false
  #over = false

  constructor(entry: string, args: readonly string[], options: Options) {
    super()
    afterReady('utilityProcess.fork()')
    checkOptions(entry, options)
    this.#options = options
    this.stderr = options.stdio?.[2] === 'pipe' ? new PassThrough() : null
    const execArgv = [
      '--import',
      pathToFileURL(join(import.meta.dirname, 'utilityChild.ts')).href,
      '--unhandled-rejections=warn-with-error-code',
    ]
    const flags = flagsOf(options.execArgv ?? [])
    setImmediate(() => this.#start(entry, args, [...execArgv, ...flags]))
  }

  #start(entry: string, args: readonly string[], execArgv: string[]): void {
    const { env, cwd } = this.#options
    const child = fork(entry, [...args], {
      execPath: process.env['DOUBLE_NODE'] ?? process.execPath,
      execArgv,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', this.stderr === null ? 'inherit' : 'pipe', 'ipc'],
      ...(env === undefined ? {} : { env }),
      ...(cwd === undefined ? {} : { cwd }),
    })
    this.#child = child
    children.add(this)
    if (this.stderr !== null) child.stderr?.pipe(this.stderr)
    child.once('spawn', () => {
      this.pid = child.pid
      this.emit('spawn')
      for (const message of this.#waiting.splice(0)) this.#send(message)
    })
    child.on('message', (data) => this.emit('message', data))
    child.once('exit', (code, signal) => setImmediate(() => this.#gone(code, signal)))
  }

  /** No 'error' event comes of a heap that ran out. Listeners of stderr are dropped once the exit has been told. */
  #gone(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#over) return
    this.#over = true
    children.delete(this)
    const status = this.#killed ? 0 : (code ?? (signal === 'SIGABRT' ? 6 : 9))
    const reason = this.#killed ? 'killed' : status === 0 ? 'clean-exit' : 'abnormal-exit'
    const name = this.#options.serviceName ?? 'Node Utility Process'
    emitOnApp(
      'child-process-gone',
      {},
      { type: 'Utility', serviceName: 'node.mojom.NodeService', name, reason, exitCode: status },
    )
    this.emit('exit', status)
    this.pid = undefined
    this.stderr?.removeAllListeners('data')
    this.stderr = null
  }

  postMessage(data: unknown, transfer: unknown[] = []): void {
    if (requirePorts(transfer).length > 0) throw new NotModelled('ports to a utility process')
    const copy = cloneAcross(data)
    if (this.#over) return
    if (this.pid === undefined) this.#waiting.push(copy)
    else this.#send(copy)
  }

  #send(data: unknown): void {
    if (this.#child?.connected === true) this.#child.send(data as object, () => undefined)
  }

  kill(): boolean {
    if (this.pid === undefined) return false
    this.#killed = true
    return this.#child?.kill('SIGTERM') ?? false
  }

  /** The app itself ends: its children go with it. */
  end(): void {
    this.#child?.kill('SIGKILL')
  }
}

export const utilityProcess = {
  fork: (entry: string, args: string[], options: Options) => new UtilityProcess(entry, args, options),
}
