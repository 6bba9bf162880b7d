import { type ChildProcess, fork } from 'node:child_process'
import { isAbsolute } from 'node:path'
import type { Readable } from 'node:stream'
import { afterReady, app, atExit } from './app.ts'
import { cloneAcross, Emitter, notModelled, strict } from './strict.ts'

/** `utilityProcess`: a child of Node that is given what Electron gives (rules 2, 3 and 5), and no more. */
const ours = ['--import', import.meta.resolve('./utilityChild.ts'), '--unhandled-rejections=warn-with-error-code']

/** Electron has a short list of other flags that it takes too. */
function v8FlagsOf(flag: string): string[] {
  const [, flags] = /^--js-flags=(.*)/.exec(flag) ?? []
  if (flags === undefined) throw new Error(`double: Electron drops ${flag} without a word, or it is not modelled`)
  return flags.split(' ')
}

class UtilityProcess extends Emitter {
  /** While it runs. */
  pid: number | undefined
  readonly stdout = null
  stderr: Readable | null
  readonly #child: ChildProcess
  #killed = false

  constructor(entry: string, args: string[], options: Electron.ForkOptions) {
    super('utilityProcess', 'spawn message exit error')
    afterReady('utilityProcess.fork()')
    const { env = process.env, execArgv = [], stdio, serviceName = 'Node Utility Process' } = options
    if (!isAbsolute(entry)) throw new Error('double: the entry of a utility process must be an absolute path')
    if (Object.keys(env).length === 0) throw new Error('double: an empty env inherits everything')
    if (String(stdio) !== 'ignore,ignore,pipe') throw notModelled(`stdio ${String(stdio)}`)
    this.#child = fork(entry, args, {
      ...options,
      env: { ...env },
      execPath: process.env['DOUBLE_NODE'] ?? process.execPath,
      execArgv: [...ours, ...execArgv.flatMap(v8FlagsOf)],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.stderr = this.#child.stderr
    this.#child.once('spawn', () => {
      this.pid = this.#child.pid
      this.emit('spawn')
    })
    this.#child.on('message', (data) => this.emit('message', data))
    this.#child.once('exit', (code) => setImmediate(() => this.#gone(code, serviceName)))
    atExit.push(() => this.#child.kill('SIGKILL'))
  }

  /** No 'error' event comes of a heap that ran out. Listeners of stderr are dropped once the exit has been told. */
  #gone(code: number | null, name: string): void {
    const exitCode = this.#killed ? 0 : (code ?? 9)
    const reason = this.#killed ? 'killed' : exitCode === 0 ? 'clean-exit' : 'abnormal-exit'
    app.emit('child-process-gone', {}, { type: 'Utility', name, reason, exitCode })
    this.emit('exit', exitCode)
    this.pid = undefined
    this.stderr?.removeAllListeners('data')
    this.stderr = null
  }

  postMessage(data: unknown, transfer?: unknown[]): void {
    const copy = cloneAcross(data, transfer)
    if (this.#child.connected) this.#child.send(copy as object, () => undefined)
  }

  kill(): boolean {
    this.#killed = this.pid !== undefined
    return this.#killed && this.#child.kill('SIGTERM')
  }
}

export const utilityProcess = strict('utilityProcess', {
  fork: (entry: string, args: string[], options: Electron.ForkOptions) => new UtilityProcess(entry, args, options),
})
