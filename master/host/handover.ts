import type { ChildProcess } from 'node:child_process'
import { refuse, succeed, type CommandResult } from '../../contract/commandError.ts'
import type { HostConnection } from './client.ts'
import type { Host } from './host.ts'

/**
 * Hands the mill to another process without losing more than seconds: the successor is started and waits for the lock, then this host
 * closes (quiets, interrupts what runs without counting it, commits, stops listening, releases the lock), and the successor goes on.
 */

const waitingMessage = 'gristmill waits for the lock'

export interface HandOverOptions {
  host: Pick<Host, 'close'>
  /**
   * Starts the successor: detached, with a channel, and with stdio that does not tie it to this process. It calls
   * `announceWaiting()` right before it waits for the lock.
   */
  startBackground: () => ChildProcess
  reason: string
  /** How long the successor may take to start. */
  patienceMs?: number
}

/** Resolves when the lock is free and the successor on its way to it. On a refusal the host has not been touched. */
export async function handOver(options: HandOverOptions): Promise<CommandResult<null>> {
  const successor = options.startBackground()
  const failure = await untilWaiting(successor, options.patienceMs ?? 30_000)
  if (failure !== null) {
    successor.kill('SIGKILL')
    return refuse('unavailable', `cannot hand over to a background host: ${failure}`, 'see the log of the home folder')
  }
  if (successor.connected) successor.disconnect()
  successor.unref()
  await options.host.close(options.reason)
  return succeed(null)
}

/** The successor's side: says that from now on it waits for the lock, and lets go of who started it. */
export function announceWaiting(): void {
  // Without a channel nobody waits to be told: it was started by hand.
  if (!process.connected) return
  const letGo = () => {
    if (process.connected) process.disconnect()
  }
  process.send?.(waitingMessage, undefined, undefined, letGo)
}

/** Null when the successor waits; otherwise why it does not. */
function untilWaiting(successor: ChildProcess, patienceMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(`it was not ready within ${patienceMs / 1000} s`), patienceMs)
    const settle = (failure: string | null) => {
      clearTimeout(late)
      resolve(failure)
    }
    successor.on('message', (message) => {
      if (message === waitingMessage) settle(null)
    })
    // Stays: a later error of a process that was let go is nobody's.
    successor.on('error', (error) => settle(error.message))
    successor.once('exit', (code, signal) => settle(`it ended with ${signal ?? `exit code ${code}`}`))
  })
}

export interface Asking {
  reason: string
  /** How long it may take to answer. */
  patienceMs: number
}

/** From outside: asks a host to let go of its home. One that ends or hangs meanwhile has not refused: which of the two, the lock tells. */
export async function askToMakeWay(connection: HostConnection, asking: Asking): Promise<CommandResult<null>> {
  const late = AbortSignal.timeout(Math.max(1, Math.ceil(asking.patienceMs)))
  try {
    return await connection.client.host.handOver({ reason: asking.reason }, { signal: late })
  } catch (error) {
    if (connection.open && !late.aborted) throw error
    return succeed(null)
  }
}
