import { constants } from 'node:os'

/**
 * Ctrl-C and its relatives while a job is waited for. The first SIGINT asks, the second ends the process at once; SIGTERM and SIGHUP
 * give the job back, unfinished, to the next host.
 */
export interface Interrupts {
  /** The signal that ended the waiting: SIGTERM or SIGHUP, or SIGINT when nothing else was to be asked. */
  readonly ended: Promise<NodeJS.Signals>
  stop(): void
}

/** The process, as far as its signals go. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
  exit(code: number): never
}

/** As shells count it: 128 and the signal's number. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

export function listenForInterrupts(onFirst: () => void, process: SignalSource): Interrupts {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let asked = false
  const onInterrupt = () => {
    if (asked) process.exit(signalExitCode('SIGINT'))
    asked = true
    onFirst()
  }
  const onTerminate = () => resolve('SIGTERM')
  const onHangUp = () => resolve('SIGHUP')
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  process.on('SIGHUP', onHangUp)
  return {
    ended: promise,
    stop() {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
      process.off('SIGHUP', onHangUp)
    },
  }
}
