import { type ChildProcess, fork } from 'node:child_process'
import { isAbsolute, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterReady, atExit, tellApp } from './app.ts'
import { takePort } from './ipc.ts'
import { cloneAcross, Emitter, NotModelled, strict } from './strict.ts'

/** `utilityProcess`: a child of Node that is given what Electron gives (rules 2, 3 and 5), and no more. */
const taken =
  /^--(inspect(-brk|-port)?|diagnostic-dir|dns-result-order|(no|throw|trace)-deprecation|trace-warnings|no-experimental-global-navigator|experimental-transform-types)(=|$)/
const ours = ['--import', pathToFileURL(join(import.meta.dirname, 'utilityChild.ts')).href]
const living = new Set<ChildProcess>()
atExit.push(() => living.forEach((child) => child.kill('SIGKILL')))

function flagsOf(execArgv: readonly string[]): string[] {
  return execArgv.flatMap((flag) => {
    if (flag.startsWith('--js-flags=')) return flag.slice('--js-flags='.length).split(' ')
    if (!taken.test(flag)) throw new Error(`double: Electron drops ${flag} of a utility process without a word`)
    return [flag]
  })
}

class UtilityProcess extends Emitter {
  pid: number | undefined
  readonly stdout = null
  stderr: PassThrough | null
  readonly #name: string
  #child: ChildProcess | null = null
  #waiting: unknown[] = []
  #killed = false

  constructor(entry: string, args: string[], options: Electron.ForkOptions) {
    super('spawn message exit error')
    afterReady('utilityProcess.fork()')
    const { env, execArgv = [], cwd, stdio, serviceName = 'Node Utility Process' } = options
    const [stdin, stdout, stderr] = Array.isArray(stdio) ? stdio : []
    if (!isAbsolute(entry)) throw new Error('double: the entry of a utility process must be an absolute path')
    if (env !== undefined && Object.keys(env).length === 0) throw new Error('double: an empty env inherits everything')
    if (stdin !== 'ignore' || stdout !== 'ignore') throw new NotModelled(`stdio ${String(stdio)}`)
    this.#name = serviceName
    this.stderr = stderr === 'pipe' ? new PassThrough() : null
    const flags = [...ours, '--unhandled-rejections=warn-with-error-code', ...flagsOf(execArgv)]
    const start = () =>
      fork(entry, args, {
        execPath: process.env['DOUBLE_NODE'] ?? process.execPath,
        execArgv: flags,
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', this.stderr === null ? 'inherit' : 'pipe', 'ipc'],
        ...(env === undefined ? {} : { env: env as NodeJS.ProcessEnv }),
        ...(cwd === undefined ? {} : { cwd }),
      })
    setImmediate(() => this.#follow(start()))
  }

  #follow(child: ChildProcess): void {
    living.add(child)
    if (this.stderr !== null) child.stderr?.pipe(this.stderr)
    child.once('spawn', () => {
      this.pid = child.pid
      this.#child = child
      this.emit('spawn')
      for (const message of this.#waiting.splice(0)) this.postMessage(message)
    })
    child.on('message', (data) => this.emit('message', data))
    child.once('exit', (code, signal) => {
      living.delete(child)
      setImmediate(() => this.#gone(this.#killed ? 0 : (code ?? (signal === 'SIGABRT' ? 6 : 9))))
    })
  }

  /** No 'error' event comes of a heap that ran out. Listeners of stderr are dropped once the exit has been told. */
  #gone(exitCode: number): void {
    const reason = this.#killed ? 'killed' : exitCode === 0 ? 'clean-exit' : 'abnormal-exit'
    const serviceName = 'node.mojom.NodeService'
    tellApp('child-process-gone', { type: 'Utility', serviceName, name: this.#name, reason, exitCode })
    this.emit('exit', exitCode)
    this.pid = undefined
    this.stderr?.removeAllListeners('data')
    this.stderr = null
  }

  postMessage(data: unknown, transfer: unknown[] = []): void {
    if (transfer.map(takePort).length > 0) throw new NotModelled('ports to a utility process')
    const copy = cloneAcross(data)
    if (this.#child === null) this.#waiting.push(copy)
    else if (this.#child.connected) this.#child.send(copy as object, () => undefined)
  }

  kill(): boolean {
    this.#killed = this.pid !== undefined
    return this.#killed && this.#child?.kill('SIGTERM') === true
  }
}

export const utilityProcess = strict('utilityProcess', {
  fork: (entry: string, args: string[] = [], options: Electron.ForkOptions = {}) =>
    new UtilityProcess(entry, args, options),
})
