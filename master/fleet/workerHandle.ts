import type { FromWorker, ToWorker } from '../../contract/workerMessages.ts'

/** How a worker process ended. Exit codes mean little on some hosts: `expected` tells whether it had been asked to end. */
export interface WorkerExit {
  exitCode: number | null
  signal: string | null
  expected: boolean
  /** The last 8 KiB of its stderr. */
  logTail: string
}

/** One worker process seen from outside. Each host has its own implementation; one contract suite holds both. */
export interface WorkerHandle {
  /** Undefined before it has started and after it has ended. */
  readonly pid: number | undefined
  /** Messages received that were not of the protocol. */
  readonly droppedMessages: number
  /** Never throws: what is posted before the process runs reaches it, what is posted after its end goes nowhere. */
  post(message: ToWorker): void
  /** Messages that are not of the protocol do not arrive; they are counted. */
  onMessage(listener: (message: FromWorker) => void): void
  /** Told once, after every message that the worker had sent; a listener that comes later is told too. */
  onExit(listener: (exit: WorkerExit) => void): void
  /** Asks it to finish what it runs, and kills it when it has not ended after `graceMs`. */
  stop(graceMs: number): void
  kill(): void
}

/** Starts worker number `slot`. What differs between hosts (fork, utilityProcess) is behind this. */
export type StartWorker = (slot: number) => WorkerHandle
