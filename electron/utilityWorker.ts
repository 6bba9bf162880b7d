import type { ForkOptions, UtilityProcess } from 'electron'
import { parse } from 'node:path'
import { parseMessage } from '../contract/parseMessage.ts'
import { fromWorkerSchema, type FromWorker, type ToWorker } from '../contract/workerMessages.ts'
import { LogTail } from '../master/fleet/logTail.ts'
import type { WorkerExit, WorkerHandle } from '../master/fleet/workerHandle.ts'
import { lowerPriority, workerEnvironment } from '../master/fleet/workerProcess.ts'

/**
 * The desktop host's workers: utility processes, a port each. It starts, talks to and ends one process; whether one is healthy and what
 * its end means is the fleet's to say. Exit codes mean little here: after kill() it is 0, after a signal the system's raw status.
 */

export interface UtilityOptions {
  /** Absolute path of the built worker entry. */
  entry: string
  slot: number
  env: NodeJS.ProcessEnv
  /** Upper bound of V8's old space. */
  heapMb?: number
}

/** `utilityProcess.fork` */
export type Fork = (entry: string, args: string[], options: ForkOptions) => UtilityProcess

export function utilityWorker(options: UtilityOptions, fork: Fork): WorkerHandle {
  return new UtilityWorker(
    fork(options.entry, [], {
      serviceName: serviceNameOf(options.slot),
      stdio: ['ignore', 'ignore', 'pipe'],
      // --max-old-space-size itself is dropped by Electron.
      execArgv: options.heapMb === undefined ? [] : [`--js-flags=--max-old-space-size=${options.heapMb}`],
      env: definedOf(workerEnvironment(options.env, options.slot)),
      // A folder that nothing else needs: a worker never keeps a file system from being unmounted.
      cwd: parse(options.entry).root,
    }),
  )
}

/** Of its own for each slot: by it the app's `child-process-gone` tells which worker it means. */
export function serviceNameOf(slot: number): string {
  return `gristmill-worker-${slot}`
}

/** Electron takes strings only. */
function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** How long the end of stderr is waited for once the process is gone. */
const tailMs = 500

class UtilityWorker implements WorkerHandle {
  droppedMessages = 0
  readonly #child: UtilityProcess
  readonly #log = new LogTail()
  readonly #exitListeners: ((exit: WorkerExit) => void)[] = []
  #exit: WorkerExit | null = null
  /** Set by stop() and kill(). */
  #expected = false
  #gone = false
  #killAsked = false
  #killTimer: NodeJS.Timeout | undefined

  constructor(child: UtilityProcess) {
    this.#child = child
    child.stderr?.on('data', (bytes: Buffer) => this.#log.add(bytes))
    child.once('spawn', () => this.#begun())
    // An event of this name without a listener would end the host. What V8 says of its own end is worth keeping.
    child.on('error', (type, location) => this.#log.add(Buffer.from(`${type} at ${location}\n`)))
    child.on('exit', (code) => this.#leave(code))
  }

  get pid(): number | undefined {
    return this.#gone ? undefined : this.#child.pid
  }

  post(message: ToWorker): void {
    if (!this.#gone) this.#child.postMessage(message)
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#child.on('message', (raw: unknown) => {
      const parsed = parseMessage(fromWorkerSchema, raw)
      if (parsed.ok) listener(parsed.message)
      else this.droppedMessages++
    })
  }

  onExit(listener: (exit: WorkerExit) => void): void {
    const exit = this.#exit
    if (exit === null) this.#exitListeners.push(listener)
    else queueMicrotask(() => listener(exit))
  }

  stop(graceMs: number): void {
    if (this.#gone || this.#killTimer !== undefined) return
    this.#expected = true
    this.post({ type: 'quit' })
    this.#killTimer = setTimeout(() => this.kill(), graceMs)
  }

  /** Its own kill() is SIGTERM, which a busy process may outlive for seconds. One that has no pid yet is ended once it has. */
  kill(): void {
    if (this.#gone) return
    this.#expected = true
    this.#killAsked = true
    if (this.#child.pid !== undefined) this.#killNow(this.#child.pid)
  }

  #killNow(pid: number): void {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      // It has ended by itself, which its `exit` will tell.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }

  #begun(): void {
    const { pid } = this.#child
    if (pid === undefined) return
    if (this.#killAsked) return this.#killNow(pid)
    const refusal = lowerPriority(pid)
    if (refusal !== null) this.#log.add(Buffer.from(`(runs at normal priority: ${refusal})\n`))
  }

  /** May be told twice when the entry could not be loaded. Electron drops the listeners of stderr right after it has told of the exit. */
  #leave(exitCode: number): void {
    if (this.#gone) return
    this.#gone = true
    clearTimeout(this.#killTimer)
    const { stderr } = this.#child
    if (stderr === null) return this.#ended(exitCode)
    // A grandchild may hold it open.
    const late = setTimeout(() => this.#ended(exitCode), tailMs)
    const settle = () => {
      clearTimeout(late)
      this.#ended(exitCode)
    }
    queueMicrotask(() => {
      stderr.on('data', (bytes: Buffer) => this.#log.add(bytes))
      stderr.once('end', settle)
      stderr.once('close', settle)
    })
  }

  #ended(exitCode: number): void {
    if (this.#exit !== null) return
    const exit = { exitCode, signal: null, expected: this.#expected, logTail: this.#log.text() }
    this.#exit = exit
    for (const listener of this.#exitListeners.splice(0)) listener(exit)
  }
}
