import { fork, type ChildProcess } from 'node:child_process'
import { parse } from 'node:path'
import { parseMessage } from '../contract/parseMessage.ts'
import { fromWorkerSchema, type FromWorker, type ToWorker } from '../contract/workerMessages.ts'
import { LogTail } from '../master/fleet/logTail.ts'
import type { WorkerExit, WorkerHandle } from '../master/fleet/workerHandle.ts'
import { lowerPriority, workerEnvironment } from '../master/fleet/workerProcess.ts'

/**
 * The terminal host's workers: child processes of plain Node, a JSON channel each. It starts, talks to and ends one process; whether
 * one is healthy and what its end means is the fleet's to say.
 */

export interface ForkOptions {
  /** Absolute path of the built worker entry. */
  entry: string
  slot: number
  /** What the worker may see of it is in workerProcess.ts. */
  env: NodeJS.ProcessEnv
  /** Upper bound of V8's old space. */
  heapMb?: number
}

export function forkWorker(options: ForkOptions): WorkerHandle {
  const child = fork(options.entry, [], {
    serialization: 'json',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: options.heapMb === undefined ? [] : [`--max-old-space-size=${options.heapMb}`],
    env: workerEnvironment(options.env, options.slot),
    // A folder that nothing else needs: a worker never keeps a file system from being unmounted.
    cwd: parse(options.entry).root,
  })
  return new ForkedWorker(child)
}

class ForkedWorker implements WorkerHandle {
  droppedMessages = 0
  readonly #child: ChildProcess
  readonly #log = new LogTail()
  readonly #exitListeners: ((exit: WorkerExit) => void)[] = []
  #exit: WorkerExit | null = null
  /** Set by stop() and kill(). */
  #expected = false
  #killTimer: NodeJS.Timeout | undefined

  constructor(child: ChildProcess) {
    this.#child = child
    child.stderr?.on('data', (bytes: Buffer) => this.#log.add(bytes))
    child.once('spawn', () => this.#yieldToPerson())
    child.on('error', (error) => this.#notStarted(error))
    // `exit` may come before the last messages; `close` comes after all of them, unless a grandchild holds stderr open.
    child.once('exit', () => setTimeout(() => this.#ended(), 1000).unref())
    child.once('close', () => this.#ended())
  }

  get pid(): number | undefined {
    return this.#exit === null && this.#child.exitCode === null ? this.#child.pid : undefined
  }

  post(message: ToWorker): void {
    if (!this.#child.connected) return
    // A message that cannot be written means that the process is ending, which `close` tells. The callback keeps it from being thrown.
    this.#child.send(message, () => undefined)
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#child.on('message', (raw) => {
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
    if (this.#exit !== null || this.#killTimer !== undefined) return
    this.#expected = true
    this.post({ type: 'quit' })
    this.#killTimer = setTimeout(() => this.kill(), graceMs)
  }

  kill(): void {
    this.#expected = true
    this.#child.kill('SIGKILL')
  }

  #yieldToPerson(): void {
    const refusal = this.#child.pid === undefined ? null : lowerPriority(this.#child.pid)
    if (refusal !== null) this.#log.add(Buffer.from(`(runs at normal priority: ${refusal})\n`))
  }

  #notStarted(error: Error): void {
    // With a pid it is about a message or a signal that came too late.
    if (this.#child.pid !== undefined) return
    this.#log.add(Buffer.from(`${error.message}\n`))
    this.#ended()
  }

  #ended(): void {
    if (this.#exit !== null) return
    clearTimeout(this.#killTimer)
    const { exitCode, signalCode } = this.#child
    const exit = { exitCode, signal: signalCode, expected: this.#expected, logTail: this.#log.text() }
    this.#exit = exit
    for (const listener of this.#exitListeners.splice(0)) listener(exit)
  }
}
