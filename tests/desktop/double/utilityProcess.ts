import { type ChildProcess, fork } from 'node:child_process'
import { isAbsolute, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterReady, atExit, tellApp } from './app.ts'
import { takePort } from './ipc.ts'
import { cloneAcross, Emitter, notModelled } from './strict.ts'

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
  /** While it runs. */
  pid: number | undefined
  readonly stdout = null
  stderr: Readable | null
  readonly #child: ChildProcess
  #killed = false

  constructor(entry: string, args: string[], options: Electron.ForkOptions) {
    super('spawn message exit error')
    afterReady('utilityProcess.fork()')
    const {
      env = process.env,
      execArgv = [],
      cwd = process.cwd(),
      stdio,
      serviceName = 'Node Utility Process',
    } = options
    const [stdin, stdout, stderr = 'inherit'] = Array.isArray(stdio) ? stdio : []
    if (!isAbsolute(entry)) throw new Error('double: the entry of a utility process must be an absolute path')
    if (Object.keys(env).length === 0) throw new Error('double: an empty env inherits everything')
    if (stdin !== 'ignore' || stdout !== 'ignore') throw notModelled(`stdio ${String(stdio)}`)
    const child = fork(entry, args, {
      execPath: process.env['DOUBLE_NODE'] ?? process.execPath,
      execArgv: [...ours, '--unhandled-rejections=warn-with-error-code', ...flagsOf(execArgv)],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', stderr, 'ipc'],
      env: env as NodeJS.ProcessEnv,
      cwd,
    })
    living.add(child)
    this.#child = child
    this.stderr = child.stderr
    child.once('spawn', () => {
      this.pid = child.pid
      this.emit('spawn')
    })
    child.on('message', (data) => this.emit('message', data))
    child.once('exit', (code, signal) => {
      living.delete(child)
      const exitCode = this.#killed ? 0 : (code ?? (signal === 'SIGABRT' ? 6 : 9))
      setImmediate(() => this.#gone(exitCode, serviceName))
    })
  }

  /** No 'error' event comes of a heap that ran out. Listeners of stderr are dropped once the exit has been told. */
  #gone(exitCode: number, name: string): void {
    const reason = this.#killed ? 'killed' : exitCode === 0 ? 'clean-exit' : 'abnormal-exit'
    const serviceName = 'node.mojom.NodeService'
    tellApp('child-process-gone', { type: 'Utility', serviceName, name, reason, exitCode })
    this.emit('exit', exitCode)
    this.pid = undefined
    this.stderr?.removeAllListeners('data')
    this.stderr = null
  }

  postMessage(data: unknown, transfer: unknown[] = []): void {
    if (transfer.map(takePort).length > 0) throw notModelled('ports to a utility process')
    const copy = cloneAcross(data)
    if (this.#child.connected) this.#child.send(copy as object, () => undefined)
  }

  kill(): boolean {
    this.#killed = this.pid !== undefined
    return this.#killed && this.#child.kill('SIGTERM')
  }
}

export const utilityProcess = {
  fork: (entry: string, args: string[], options: Electron.ForkOptions) => new UtilityProcess(entry, args, options),
}
