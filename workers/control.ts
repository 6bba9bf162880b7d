import { constants, setPriority } from 'node:os'
import { type ResourceLimits, Worker } from 'node:worker_threads'
import { assertNever } from '../contract/invariant.ts'
import { parseMessage } from '../contract/parseMessage.ts'
import {
  type FromWorker,
  type ToWorker,
  heartbeatMs,
  outOfMemoryExitCode,
  toWorkerSchema,
} from '../contract/workerMessages.ts'
import { Inspector } from './inspector.ts'
import type { ParentChannel } from './parentChannel.ts'
import { TaskLedger } from './taskLedger.ts'
import { TaskWindow, makeSharedMemory } from './shared.ts'
import type { FromCompute, ThreadData, ToCompute } from './threadMessages.ts'

/**
 * The main thread of a worker process. It never computes and never reads a file, so that its heartbeat tells a busy worker from a dead
 * one: it takes what the host sends, hands tasks to the compute thread, withdraws and stops them, and passes outcomes on.
 *
 * Inputs are inspected, and samples of output made, in a second thread, started when first asked for: in control a dead network share would silence the heartbeat,
 * and in compute a person would wait for a long task to end (workers/inspector.ts).
 *
 * How it ends: `quit` lets the running task finish and exits with 0; a host that is gone ends it at once; a thread that fails ends it with
 * 70, one out of heap with 71. Compute is never ended alone; the inspecting thread is, between two requests, when it has long been idle.
 */
export interface ControlOptions {
  channel: ParentChannel
  /** Absolute path of the entry file of both threads. */
  threadEntry: string
}

/** An internal software error, as sysexits.h has it. */
const failedExitCode = 70
const inspectorIdleMs = 10_000

export function startControl(options: ControlOptions): void {
  const control = new Control(options)
  process.on('unhandledRejection', (reason) => control.fail(reason))
  process.on('uncaughtException', (error) => control.fail(error))
  // Ctrl-C, a closed terminal and a service manager's stop reach the whole process group; what they mean is for the host to say.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  control.start()
}

class Control {
  readonly #channel: ParentChannel
  readonly #threadEntry: string
  readonly #memory = makeSharedMemory()
  readonly #window = new TaskWindow(this.#memory)
  readonly #ledger = new TaskLedger(this.#window)
  readonly #compute: Worker
  readonly #inspector: Inspector
  /** Of the compute thread, as last told: the answer comes a moment after the question. */
  #heapBytes = 0

  constructor({ channel, threadEntry }: ControlOptions) {
    this.#channel = channel
    this.#threadEntry = threadEntry
    this.#compute = this.#startThread('compute')
    this.#inspector = new Inspector({
      start: () => this.#startThread('inspect'),
      post: (answer) => this.#channel.post(answer),
      idleMs: inspectorIdleMs,
    })
  }

  start(): void {
    this.#compute.on('message', (message: FromCompute) => this.#hear(message))
    this.#channel.onMessage((message) => this.#receive(message))
    this.#channel.onGone(() => this.#leave())
    setInterval(() => this.#beat(), heartbeatMs)
    this.#channel.post({ type: 'ready', pid: process.pid, node: process.version })
  }

  /** What went wrong goes to stderr, of which the host keeps the tail. */
  fail(error: unknown, exitCode = failedExitCode): void {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(exitCode)
  }

  #startThread(role: ThreadData['role']): Worker {
    const data: ThreadData = { role, memory: this.#memory }
    const thread = new Worker(this.#threadEntry, { workerData: data, resourceLimits: heapLimit() })
    thread.on('error', (error) => this.fail(error, isOutOfMemory(error) ? outOfMemoryExitCode : failedExitCode))
    thread.on('exit', (code) => this.fail(`the ${role} thread of this worker ended by itself with code ${code}`))
    return thread
  }

  #receive(raw: unknown): void {
    const parsed = parseMessage(toWorkerSchema, raw)
    if (parsed.ok) this.#obey(parsed.message)
    else this.#log('error', `a message that is not of the protocol was dropped: ${parsed.why}`)
  }

  #obey(message: ToWorker): void {
    switch (message.type) {
      case 'job':
      case 'forget':
        this.#tell(message)
        return
      case 'tasks':
        this.#tell({ ...message, firstTicket: this.#ledger.hand(message.job, message.tasks) })
        return
      case 'cancel':
        this.#answer(message.job, this.#ledger.cancel(message.job, message.seqs, message.because === 'no-progress'))
        return
      case 'inspect':
      case 'sample':
        this.#inspector.ask(message)
        return
      case 'quit':
        this.#ledger.withdrawAll()
        this.#tell({ type: 'quit' })
        return
      default:
        assertNever(message, 'control')
    }
  }

  #hear(message: FromCompute): void {
    switch (message.type) {
      case 'outcomes':
        this.#ledger.settle(message.tickets)
        this.#answer(message.job, message.outcomes)
        return
      case 'log':
        this.#log('info', message.line)
        return
      case 'ended':
        void this.#channel.flushed().then(() => this.#leave())
        return
      default:
        assertNever(message, 'control')
    }
  }

  #tell(message: ToCompute): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#compute.postMessage(message)
  }

  #answer(job: number, outcomes: Extract<FromWorker, { type: 'outcomes' }>['outcomes']): void {
    if (outcomes.length > 0) this.#channel.post({ type: 'outcomes', job, outcomes })
  }

  #log(level: 'info' | 'error', line: string): void {
    this.#channel.post({ type: 'log', level, line })
  }

  #beat(): void {
    const { user, system } = process.cpuUsage()
    const [running = null, ...beside] = this.#ledger.running()
    this.#channel.post({
      type: 'heartbeat',
      rssBytes: process.memoryUsage.rss(),
      heapBytes: this.#heapBytes,
      cpuMs: (user + system) / 1000,
      running,
      ...(beside.length === 0 ? {} : { beside }),
    })
    void this.#weigh()
  }

  /** A thread that is ending cannot be weighed; that it ends is told by its own events, with the reason. */
  async #weigh(): Promise<void> {
    const heap = await this.#compute.getHeapStatistics().catch(() => null)
    this.#heapBytes = heap?.used_heap_size ?? this.#heapBytes
  }

  /** An exit waits for threads, and a thread in a system call that never returns would keep it waiting for ever. */
  #leave(): void {
    if (this.#window.running().length === 0 && !this.#inspector.isBusy) process.exit(0)
    else process.kill(process.pid, 'SIGKILL')
  }
}

/**
 * Hosts choose how much heap a worker's threads may have; otherwise it is this much, several times what any kind keeps. It says how soon V8
 * collects garbage: with the heap of 4 GB that it would take by itself the old generation grows to four times what is in use, below 2 GB to less
 * than twice that. A profile of 100 MB had workers of 348 MiB before, and has 161 MiB now, in the same CPU time.
 *
 * Node gives a full heap 16 MiB more in which to end its thread in order; a young generation as large as V8's default may need more than that
 * at once, and then the whole process aborts.
 */
const usualHeapMb = 1024

function heapLimit(): ResourceLimits {
  const heapMb = Number(process.env['GRISTMILL_WORKER_HEAP_MB'])
  return { maxOldGenerationSizeMb: heapMb > 0 ? heapMb : usualHeapMb, maxYoungGenerationSizeMb: 12 }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
